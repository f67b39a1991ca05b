"""ROC and precision–recall curves as figures: one digit against the rest; the averages stand out."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from digitlab.figures.style import ACCENT, DIGITS, diagonal, layout
from digitlab.metrics.curves import MACRO, MICRO, Curve

_AVERAGES = {MICRO: "dash", MACRO: "dot"}
_FOUND = 0.9
"""Share of each digit's images that a model must find within the corner for the corner to be worth a look."""


def add_curves(figure: go.Figure, curves: Sequence[Curve], area: str, x: str, y: str) -> None:
    """Draw curves with x and y in 0..1. area, x, y: what the curves' areas and coordinates are called."""
    for curve in curves:
        average = curve.name in _AVERAGES
        figure.add_scatter(
            x=curve.x,
            y=curve.y,
            name=f"{curve.name.removesuffix(' average')}: {curve.area:.4f}",
            mode="lines",
            line={
                "color": ACCENT if average else DIGITS[int(curve.name)],
                "width": 3 if average else 2,
                "dash": _AVERAGES.get(curve.name, "solid"),
            },
            hovertemplate=(
                f"<b>{curve.name if average else f'digit {curve.name}'}</b>, {area} {curve.area:.4f}"
                f"<br>{x} %{{x:.2%}}<br>{y} %{{y:.2%}}<extra></extra>"
            ),
        )


HEIGHT = 540
"""Pixels of every figure."""

ROC_CORNER = 0.01
"""The false positive rate up to which the zoom shows the curves."""


def fit_roc_corner(curves: Sequence[Curve]) -> bool:
    """Whether the model is so good that its ROC curves lie in the corner that the zoom shows."""
    return all(_height_at(ROC_CORNER, curve) >= _FOUND for curve in curves)


def roc_figure(curves: Sequence[Curve], zoomed: bool = False) -> go.Figure:
    """A curve per digit and the averages, with their areas in the legend. zoomed: the corner of good models alone."""
    title = "ROC, each digit against the rest"
    if zoomed:
        title = f"ROC, zoomed to {100 * ROC_CORNER:.0f} % false positives"
    figure = go.Figure(
        layout=layout(
            title,
            x={
                "title": "false positive rate",
                "range": [0, 1.01 * ROC_CORNER] if zoomed else [-0.01, 1.01],
                "tickformat": _ticks(zoomed),
            },
            y={
                "title": "true positive rate",
                "range": _heights(curves) if zoomed else [0, 1.01],
                "tickformat": ".4~%",
            },
            height=HEIGHT,
        )
    ).update_layout(legend_title=_above("area under the curve (AUC)"))
    if not zoomed:
        figure.add_trace(diagonal())
    add_curves(figure, curves, area="AUC", x="false positive rate", y="true positive rate")
    return figure


def _above(words: str) -> dict[str, object]:
    """What the legend's numbers are, above them: with it in each entry a phone would have one entry a line."""
    return {"text": words, "side": "top", "font": {"size": 11}}


def _heights(curves: Sequence[Curve]) -> list[float]:
    """The limits between which most of the curves lie in the corner."""
    lowest = min((_height_at(ROC_CORNER, curve) for curve in curves), default=0.0)
    return [max(0.0, min(0.99, 2.5 * lowest - 1.5)), 1 + 0.04 * (1 - lowest) + 0.0005]


def _height_at(x: float, curve: Curve) -> float:
    return float(np.interp(x, curve.x, curve.y))


def _ticks(zoomed: bool) -> str:
    return ".1%" if zoomed else ".0%"


PRECISION_RECALL_CORNER = 0.9
"""The precision and recall from which the zoom shows the curves."""


def fit_precision_recall_corner(curves: Sequence[Curve]) -> bool:
    """Whether the model is so good that its precision–recall curves lie in the corner that the zoom shows."""
    return all(_height_at(PRECISION_RECALL_CORNER, curve) >= PRECISION_RECALL_CORNER for curve in curves)


def precision_recall_figure(curves: Sequence[Curve], zoomed: bool = False) -> go.Figure:
    """A curve per digit and the averages, with average precisions in the legend. zoomed: from 90 % on."""
    title = "Precision and recall of each digit"
    if zoomed:
        title = f"Precision and recall, zoomed from {100 * PRECISION_RECALL_CORNER:.0f} % on"
    limits = [PRECISION_RECALL_CORNER, 1.002] if zoomed else [0, 1.02]
    axis = {"range": limits, "tickformat": ".0%"}
    figure = go.Figure(
        layout=layout(
            title,
            x={**axis, "title": "recall"},
            y={**axis, "title": "precision"},
            height=HEIGHT,
        )
    ).update_layout(legend_title=_above("average precision (AP)"))
    add_curves(figure, curves, area="AP", x="recall", y="precision")
    return figure
