"""Accuracy against the amount of a disturbance, models over each other, each with its interval."""

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from digitlab.figures.overlay import HEIGHT, LEGEND, Compared
from digitlab.figures.style import GUIDE, layout

_BAND = 0.18
"""How much of its colour the band of a model's interval has."""


@dataclass(frozen=True)
class Measured:
    """A model's curve. amounts: rising. accuracies, intervals: at each of them, in 0..1."""

    model: Compared
    amounts: Sequence[float]
    accuracies: Sequence[float]
    intervals: Sequence[tuple[float, float]]


def robustness_figure(curves: Sequence[Measured], title: str, axis: str, mark: float | None = None) -> go.Figure:
    """Accuracy by amount, with 95 % intervals as bands.

    title: what is done to the images. axis: the amount's name with its unit. mark: where a line stands, if any.
    """
    x = {"title": axis, "tickformat": "~g"}
    y = {"title": "accuracy", "range": [-0.02, 1.02], "tickformat": ".0%"}
    figure = go.Figure(layout=layout(f"Accuracy by {title}", x, y, HEIGHT)).update_layout(legend_y=LEGEND)
    for curve in curves:
        figure.add_scatter(
            x=[*curve.amounts, *reversed(curve.amounts)],
            y=[*(high for _, high in curve.intervals), *(low for low, _ in reversed(curve.intervals))],
            mode="lines",
            line={"width": 0},
            fill="toself",
            fillcolor=_faint(curve.model.colour),
            hoverinfo="skip",
            showlegend=False,
        )
    for curve in curves:
        name = curve.model.text
        figure.add_scatter(
            x=list(curve.amounts),
            y=list(curve.accuracies),
            name=name,
            mode="lines+markers",
            line={"color": curve.model.colour, "width": 2.5},
            marker={"size": 7},
            customdata=[(100 * low, 100 * high) for low, high in curve.intervals],
            hovertemplate=f"<b>{name}</b><br>{axis} %{{x:~g}}<br>accuracy %{{y:.2%}}<br>95 % interval "
            "%{customdata[0]:.2f} to %{customdata[1]:.2f} %<extra></extra>",
        )
    if mark is not None:
        figure.add_vline(x=mark, line={"color": GUIDE, "width": 2, "dash": "dash"})
    return figure


def describe_robustness(curves: Sequence[Measured], title: str, axis: str, neutral: float) -> str:
    """The figure in some sentences: for each model the accuracy of undisturbed images, and the lowest one and where."""
    said = "; ".join(_said(curve, neutral) for curve in curves)
    return f"Accuracy by {title}. Across: {axis}. Up: accuracy, with its 95 % interval. {said}."


def _said(curve: Measured, neutral: float) -> str:
    lowest = min(range(len(curve.amounts)), key=curve.accuracies.__getitem__)
    clean = [a for amount, a in zip(curve.amounts, curve.accuracies, strict=True) if amount == neutral]
    start = f"{100 * clean[0]:.1f} % undisturbed, " if clean else ""
    return f"{curve.model.name}: {start}lowest {100 * curve.accuracies[lowest]:.1f} % at {curve.amounts[lowest]:g}"


def _faint(colour: str) -> str:
    """A colour, `#rrggbb`, as a band has it."""
    red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, {_BAND})"
