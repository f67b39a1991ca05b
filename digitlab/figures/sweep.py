"""The trials of a sweep: all at once, along each hyperparameter, against time, and over their seeds.

Every mark carries the number of its trial in `customdata`, so that who picks marks picks trials.
"""

import itertools
import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from digitlab.figures.style import ACCENT, GUIDE, layout

HEIGHT = 380
"""Pixels of every figure."""

_QUARTERS = (("best quarter", "#4A7BB7"), ("second", "#98CAE1"), ("third", "#FDB366"), ("last quarter", "#DD3D2D"))
"""Of all trials, by what they came to. Colours of Paul Tol's "sunset", told apart by colour-blind people."""

MOST_LINES = 600
"""Trials in a parallel-coordinates figure; more could not be told apart, and would take a browser seconds."""

MOST_MARKS = 2000
"""Trials in a figure of marks, for the same reasons."""

_MOST_WORDS = 8
"""Words that an axis of a parallel-coordinates figure has room for."""

PICKED = "#EE3377"
"""Rings and lines of picked trials: Paul Tol's "vibrant" magenta, none of the colours of trials."""

_WIDE = 20.0
"""From this ratio of the longest to the shortest time, times stand on a logarithmic axis."""


@dataclass(frozen=True)
class Scale:
    """The axis of a setting. words: the values it may have, in order; empty for numbers."""

    label: str
    log: bool = False
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Measure:
    """What trials are compared by. axis: its name with its unit. number: a d3 format. rises: more is better."""

    name: str
    axis: str
    number: str
    rises: bool

    def write(self, value: float) -> str:
        """A value for people."""
        return f"{100 * value:.2f} %" if self.number.endswith("%") else f"{value:.4g}"


LOSS = Measure("validation loss", "validation loss (nats)", ".4f", rises=False)
ACCURACY = Measure("validation accuracy", "validation accuracy", ".2%", rises=True)


@dataclass(frozen=True)
class Tried:
    """A trial that was trained to its end. value: the mean of its seeds' values. seconds: of computing, a run."""

    number: int
    setting: Mapping[str, str | float]
    value: float
    values: tuple[float, ...] = ()
    deviation: float = 0.0
    seconds: float = 0.0


def parallel_figure(
    tried: Sequence[Tried], scales: Mapping[str, Scale], measure: Measure, picked: Collection[int] = ()
) -> go.Figure:
    """A line for each trial across all axes, the last of them what it came to; the best are drawn last.

    Plain lines and markers, so that a box around the markers of one axis picks the trials there. picked: numbers of
    trials that are drawn however many there are.
    """
    drawn = ranked(thinned(tried, measure, MOST_LINES, picked), measure)
    axes = [*((field, scale) for field, scale in scales.items()), ("", Scale(measure.name))]
    ends = {field: _ends([_value(one, field) for one in tried if not scale.words]) for field, scale in axes}
    x = {
        "title": "hyperparameter",
        "tickvals": list(range(len(axes))),
        "ticktext": [scale.label for _, scale in axes],
        "range": [-0.3, len(axes) - 0.5],
        "showgrid": True,
        "gridcolor": GUIDE,
    }
    y = {"title": "low to high", "showticklabels": False, "showgrid": False, "range": [-0.14, 1.08]}
    figure = go.Figure(layout=layout("Trials, and what they came to", x, y, HEIGHT))
    for (name, colour), group in reversed(list(zip(_QUARTERS, _quarters(drawn), strict=True))):
        if group:
            _add_lines(figure, group, axes, ends, measure, name=name, colour=colour)
    for index, (field, scale) in enumerate(axes if tried else []):
        for place, text in _marks(scale, ends[field], measure if not field else None):
            beside = {"xanchor": "left", "xshift": 6, "yshift": 9 if place else -10}  # the lowest below its lines
            figure.add_annotation(x=index, y=place, text=text, showarrow=False, font={"size": 11}, **beside)
    return figure


def thinned(tried: Sequence[Tried], measure: Measure, most: int, kept: Collection[int] = ()) -> list[Tried]:
    """Of more than `most` trials one in `one_in`, spread over all ranks, with the best, and those `kept` (numbers)."""
    drawn = {one.number for one in ranked(tried, measure)[:: one_in(len(tried), most)]}
    return [one for one in tried if one.number in drawn or one.number in kept]


def one_in(count: int, most: int) -> int:
    """Of how many trials one is drawn, where at most `most` are to be; 1: all of them."""
    return math.ceil(count / most) or 1


def ranked(tried: Sequence[Tried], measure: Measure) -> list[Tried]:
    """The best first."""
    return sorted(tried, key=lambda one: one.value, reverse=measure.rises)


def _add_lines(
    figure: go.Figure,
    group: Sequence[Tried],
    axes: Sequence[tuple[str, Scale]],
    ends: Mapping[str, tuple[float, float]],
    measure: Measure,
    *,
    name: str,
    colour: str,
) -> None:
    across: list[float | None] = []
    up: list[float | None] = []
    numbers: list[int | None] = []
    words: list[str] = []
    for one in group:
        for index, (field, scale) in enumerate(axes):
            across.append(index)
            up.append(_place(_value(one, field), scale, ends[field]))
            numbers.append(one.number)
            words.append(f"{scale.label} {write_setting(one.setting[field])}" if field else measure.write(one.value))
        across.append(None)  # the line of the next trial is another one
        up.append(None)
        numbers.append(None)
        words.append("")
    figure.add_scatter(
        x=across,
        y=up,
        customdata=numbers,
        text=words,
        name=name,
        mode="lines+markers",
        connectgaps=False,
        line={"color": colour, "width": 1.5},
        marker={"size": 7},
        hovertemplate="trial %{customdata}<br>%{text}<extra></extra>",
    )


def _value(one: Tried, field: str) -> Any:
    return one.setting[field] if field else one.value


def _quarters(order: Sequence[Tried]) -> list[Sequence[Tried]]:
    """The best quarter first. order: the best first."""
    cuts = [math.ceil(len(order) * share / 4) for share in range(5)]
    return [order[low:high] for low, high in itertools.pairwise(cuts)]


def _ends(values: Sequence[Any]) -> tuple[float, float]:
    return (min(values), max(values)) if values else (0.0, 1.0)


def _place(value: Any, scale: Scale, ends: tuple[float, float]) -> float:
    """Where a value stands on its axis, in 0..1."""
    if scale.words:
        return scale.words.index(str(value)) / (len(scale.words) - 1) if len(scale.words) > 1 else 0.5
    low, high = ends
    if low == high:
        return 0.5
    if scale.log:
        return math.log(value / low) / math.log(high / low)
    return float((value - low) / (high - low))


def _marks(scale: Scale, ends: tuple[float, float], measure: Measure | None) -> list[tuple[float, str]]:
    """What stands beside an axis, and where."""
    if scale.words:
        shown = scale.words if len(scale.words) <= _MOST_WORDS else (scale.words[0], scale.words[-1])
        return [(_place(word, scale, ends), word) for word in shown]
    write = measure.write if measure else write_setting
    return [(_place(end, scale, ends), write(end)) for end in dict.fromkeys(ends)]


def write_setting(value: str | float) -> str:
    """The value of a setting for people."""
    return value if isinstance(value, str) else f"{value:.4g}"


def slice_figure(
    tried: Sequence[Tried], field: str, scale: Scale, measure: Measure, picked: Collection[int] = ()
) -> go.Figure:
    """What trials came to along one hyperparameter: a mark each. picked: as `parallel_figure` takes them."""
    drawn = thinned(tried, measure, MOST_MARKS, picked)
    x: dict[str, Any] = {"title": scale.label}
    if scale.words:
        x |= {"type": "category", "categoryorder": "array", "categoryarray": list(scale.words)}
    elif scale.log:
        x |= {"type": "log", "dtick": 1}
    figure = go.Figure(layout=layout(scale.label, x, _up(measure), HEIGHT, showlegend=False))
    figure.add_scatter(
        x=[str(one.setting[field]) if scale.words else one.setting[field] for one in drawn],
        y=[one.value for one in drawn],
        customdata=[one.number for one in drawn],
        name=measure.name,
        mode="markers",
        marker={"size": 8, "color": ACCENT, "opacity": 0.7},
        hovertemplate=f"trial %{{customdata}}<br>{scale.label} %{{x}}<br>{measure.name} %{{y:{measure.number}}}"
        "<extra></extra>",
    )
    return figure


def _up(measure: Measure) -> dict[str, Any]:
    return {"title": measure.axis, "tickformat": "~%" if measure.number.endswith("%") else "~g"}


def importance_figure(shares: Mapping[str, float]) -> go.Figure:
    """Bars, the longest at the top. shares: what a hyperparameter is called → its importance, in 0..1."""
    order = sorted(shares.items(), key=lambda one: one[1])
    x = {"title": "how much it matters for the best quarter", "tickformat": ".0%", "range": [0, 1.02]}
    y = {"title": "hyperparameter", "type": "category"}
    figure = go.Figure(layout=layout("Importance", x, y, max(220, 130 + 34 * len(order)), showlegend=False))
    figure.add_bar(
        x=[share for _, share in order],
        y=[label for label, _ in order],
        orientation="h",
        marker={"color": ACCENT},
        hovertemplate="%{y}: %{x:.1%}<extra></extra>",
    )
    return figure


def time_figure(
    tried: Sequence[Tried], front: Sequence[int], measure: Measure, picked: Collection[int] = ()
) -> go.Figure:
    """What trials came to against the time that a run of them takes; those that no other beats are joined.

    front: their numbers, the quickest first. picked: as `parallel_figure` takes them.
    """
    times = [one.seconds for one in tried if one.seconds > 0]
    x: dict[str, Any] = {"title": "training time (s)", "rangemode": "tozero"}
    if times and max(times) > _WIDE * min(times):
        x = {"title": "training time (s)", "type": "log"}
    figure = go.Figure(layout=layout(f"{measure.name.capitalize()} and time", x, _up(measure), HEIGHT))
    by_number = {one.number: one for one in tried}
    beaten = [one for one in thinned(tried, measure, MOST_MARKS, picked) if one.number not in front]
    for name, group, mode, colour in (
        ("trials", beaten, "markers", GUIDE),
        ("not beaten", [by_number[number] for number in front], "lines+markers", ACCENT),
    ):
        figure.add_scatter(
            x=[one.seconds for one in group],
            y=[one.value for one in group],
            customdata=[one.number for one in group],
            name=name,
            mode=mode,
            line={"shape": "hv", "width": 1.5, "color": colour},
            marker={"size": 8, "color": colour},
            hovertemplate=f"trial %{{customdata}}<br>%{{x:.1f}} s<br>{measure.name} %{{y:{measure.number}}}"
            "<extra></extra>",
        )
    return figure


MOST_SPREAD = 30
"""Trials whose seeds are drawn, the best."""


def spread_figure(tried: Sequence[Tried], measure: Measure) -> go.Figure:
    """For the best trials what each seed came to, with mean and standard deviation; the best is on the left."""
    best = ranked(tried, measure)[:MOST_SPREAD]
    names = [str(one.number) for one in best]
    x = {"title": "trial, the best first", "type": "category", "categoryorder": "array", "categoryarray": names}
    figure = go.Figure(layout=layout("Spread over the seeds", x, _up(measure), HEIGHT))
    figure.add_scatter(
        x=[str(one.number) for one in best for _ in one.values],
        y=[value for one in best for value in one.values],
        customdata=[one.number for one in best for _ in one.values],
        name="a seed",
        mode="markers",
        marker={"size": 6, "color": GUIDE},
        hovertemplate=f"trial %{{customdata}}<br>{measure.name} %{{y:{measure.number}}}<extra></extra>",
    )
    figure.add_scatter(
        x=names,
        y=[one.value for one in best],
        customdata=[one.number for one in best],
        error_y={"type": "data", "array": [one.deviation for one in best], "color": ACCENT},
        name="mean, standard deviation",
        mode="markers",
        marker={"size": 9, "color": ACCENT, "symbol": "diamond"},
        hovertemplate=f"trial %{{customdata}}<br>mean %{{y:{measure.number}}}<extra></extra>",
    )
    figure.update_layout(legend_entrywidth=170)
    return figure


def mark_picked(figure: go.Figure, picked: Collection[int]) -> None:
    """Draw rings around the marks of picked trials, and their lines thicker where trials are lines. picked: numbers.

    Changes the figure, and leaves it as it is where it has none of them.
    """
    points = [point for trace in figure.data for point in _marks_of(trace, picked)]
    if all(number is None for _, _, number in points):
        return
    x, y, numbers = zip(*points, strict=True)
    joined = any("lines" in (trace.mode or "") and None in trace.customdata for trace in figure.data)
    figure.add_scatter(
        x=x,
        y=y,
        customdata=numbers,
        name="picked",
        mode="lines+markers" if joined else "markers",
        connectgaps=False,
        line={"color": PICKED, "width": 3},
        marker={"size": 14, "color": PICKED, "symbol": "circle-open", "line": {"width": 2.5}},
        hoverinfo="skip",  # what is under a ring answers
    )


def _marks_of(trace: Any, picked: Collection[int]) -> Iterator[tuple[Any, Any, int | None]]:
    """Place and trial of each picked mark, and the gap after the last mark of a trial that is a line."""
    last = None
    for x, y, number in zip(trace.x, trace.y, trace.customdata, strict=True):
        if number in picked or (number is None and last in picked):
            yield x, y, number
        last = number
