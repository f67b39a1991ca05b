"""ROC curves as a figure."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from digitlab.figures.layout import diagonal, layout
from digitlab.figures.rest import add_curves
from digitlab.metrics.curves import Curve

HEIGHT = 540
CORNER = 0.01
"""The false positive rate up to which the zoom shows the curves."""


def roc_figure(curves: Sequence[Curve], zoomed: bool = False) -> go.Figure:
    """A curve per digit and the averages, with their areas in the legend. zoomed: the corner of good models alone."""
    title = f"ROC up to {CORNER:.0%} false positives" if zoomed else "ROC, each digit against the rest"
    figure = go.Figure(
        layout=layout(
            title,
            x={
                "title": "false positive rate",
                "range": [0, 1.01 * CORNER] if zoomed else [-0.01, 1.01],
                "tickformat": _ticks(zoomed),
            },
            y={
                "title": "true positive rate",
                "range": _heights(curves) if zoomed else [0, 1.01],
                "tickformat": ".4~%",
            },
            height=HEIGHT,
        )
    )
    if not zoomed:
        figure.add_trace(diagonal())
    add_curves(figure, curves, area="AUC", x="false positive rate", y="true positive rate")
    return figure


def _heights(curves: Sequence[Curve]) -> list[float]:
    """The limits between which most of the curves lie in the corner."""
    lowest = min((float(np.interp(CORNER, curve.x, curve.y)) for curve in curves), default=0.0)
    return [max(0.0, min(0.99, 2.5 * lowest - 1.5)), 1 + 0.04 * (1 - lowest) + 0.0005]


def _ticks(zoomed: bool) -> str:
    return ".1%" if zoomed else ".0%"
