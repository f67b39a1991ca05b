"""Curves of one digit against the rest, drawn into a figure; the averages stand out."""

from collections.abc import Sequence

import plotly.graph_objects as go

from digitlab.figures.palette import DIGITS
from digitlab.metrics.curves import MACRO, MICRO, Curve

_AVERAGES = {MICRO: "dash", MACRO: "dot"}
_AVERAGE = "#888888"


def add_curves(figure: go.Figure, curves: Sequence[Curve], area: str, x: str, y: str) -> None:
    """Draw curves with x and y in 0..1. area, x, y: what the curves' areas and coordinates are called."""
    for curve in curves:
        average = curve.name in _AVERAGES
        figure.add_scatter(
            x=curve.x,
            y=curve.y,
            name=f"{curve.name.removesuffix(' average')}: {area} {curve.area:.4f}",
            mode="lines",
            line={
                "color": _AVERAGE if average else DIGITS[int(curve.name)],
                "width": 3 if average else 2,
                "dash": _AVERAGES.get(curve.name, "solid"),
            },
            hovertemplate=(
                f"<b>{curve.name if average else f'digit {curve.name}'}</b>, {area} {curve.area:.4f}"
                f"<br>{x} %{{x:.2%}}<br>{y} %{{y:.2%}}<extra></extra>"
            ),
        )
