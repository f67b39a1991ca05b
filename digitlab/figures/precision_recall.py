"""Precision–recall curves as a figure."""

from collections.abc import Sequence

import plotly.graph_objects as go

from digitlab.figures.layout import layout
from digitlab.figures.rest import add_curves
from digitlab.metrics.curves import Curve

HEIGHT = 540
CORNER = 0.9
"""The precision and recall from which the zoom shows the curves."""


def precision_recall_figure(curves: Sequence[Curve], zoomed: bool = False) -> go.Figure:
    """A curve per digit and the averages, with average precisions in the legend. zoomed: from 90 % on."""
    title = f"Precision and recall from {CORNER:.0%}" if zoomed else "Precision and recall of each digit"
    limits = [CORNER, 1.002] if zoomed else [0, 1.02]
    axis = {"range": limits, "tickformat": ".0%"}
    figure = go.Figure(
        layout=layout(
            title,
            x={**axis, "title": "recall"},
            y={**axis, "title": "precision"},
            height=HEIGHT,
        )
    )
    add_curves(figure, curves, area="AP", x="recall", y="precision")
    return figure
