"""A figure in a few words, for who hears it: its title, its axes, and the values that its curves and bars come to."""

from collections.abc import Mapping, Sequence
from html import unescape
from typing import Any

import plotly.graph_objects as go

from digitlab.figures.training import Panel, Point

_EPOCH = "epoch"
"""The name of the axis along which a curve's last value says the most."""


def describe_figure(figure: go.Figure) -> str:
    """Some sentences on a finished figure.

    Over epochs a curve is said by its last value, elsewhere by its name, which holds its area where it has one; one
    without a name by both of its ends. Bars are said one by one. Markup of titles and names is left out.
    """
    layout = figure.layout
    across, up = _Axis(layout.xaxis), _Axis(layout.yaxis)
    said = "; ".join(words for trace in figure.data if (words := _describe(trace, across, up)))
    sentences = [
        f"{_text(layout.title)}.",
        f"Across: {across.name}. Up: {up.name}." if across.name and up.name else "",
        f"{_text(layout.legend.title) or 'Values'}: {said}." if said else "",
    ]
    return " ".join(sentence for sentence in sentences if sentence)


def describe_curves(panel: Panel, curves: Mapping[str, Sequence[Point]]) -> str:
    """Some sentences on a chart that grows.

    curves: what a run is called → its points; the value of the last one is said.
    """
    unit = f" {panel.unit}" if panel.unit else ""
    said = [
        f"{f'{run}, ' if len(curves) > 1 else ''}{part} {last.value:.4g}{unit} at epoch {last.epoch:.4g}"
        for run, points in curves.items()
        for part in panel.curves
        if (last := next((point for point in reversed(points) if point.part == part), None))
    ]
    title = f"{panel.title} over the epochs"
    return f"{title}. Last values: {'; '.join(said)}." if said else f"{title}. No values yet."


class _Axis:
    """What an axis is called, and how its values are written."""

    def __init__(self, axis: Any) -> None:
        self.name = _text(axis.title)
        self._is_share = str(axis.tickformat or "").endswith("%")
        self._after = str(axis.ticksuffix or "")

    def write(self, value: Any) -> str:
        return f"{100 * float(value):.4g} %" if self._is_share else f"{float(value):.4g}{self._after}"


def _describe(trace: Any, across: _Axis, up: _Axis) -> str:
    """What one trace comes to; empty for lines to compare with, and for what has no place in the legend."""
    if trace.hoverinfo == "skip" or trace.showlegend is False or trace.type not in ("scatter", "bar"):
        return ""
    if trace.x is None or not len(trace.x):
        return ""
    name, values = _plain(trace.name or ""), list(zip(trace.x, trace.y, strict=True))
    if trace.type == "bar" and trace.orientation == "h":
        return f"{name} ({', '.join(f'{up.write(y)}: {across.write(x)}' for x, y in values)})"
    if trace.type == "bar" or trace.mode == "markers":
        return f"{name} ({', '.join(f'{across.write(x)}: {up.write(y)}' for x, y in values)})"
    (first, begin), (last, end) = values[0], values[-1]
    if across.name == _EPOCH:
        return f"{name} {up.write(end)} at epoch {across.write(last)}".strip()
    return name or f"from {up.write(begin)} at {across.write(first)} to {up.write(end)} at {across.write(last)}"


def _text(title: Any) -> str:
    return _plain(str(title.text or ""))


def _plain(text: str) -> str:
    """Without line breaks, the only markup of our titles, and with the letters that stand for others there."""
    return unescape(text.replace("<br>", " ")).strip()
