"""The curves of a training: their points from the records of a history, and finished figures of them."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import plotly.graph_objects as go

from digitlab.figures.style import MODELS, layout

Record = Mapping[str, Any]

MOST_POINTS = 400
"""Points of one curve within the epochs; more could not be told apart, and would be sent again and again."""


class Point(NamedTuple):
    """One point of a curve. epoch: with a fraction within an epoch. part: `training` or `validation`."""

    epoch: float
    value: float
    part: str


@dataclass(frozen=True)
class Panel:
    """One figure: its title, what each curve in it is called and where a record has it, and how values are written.

    factor: what a record's value is multiplied with. number: a d3 format. whole_epochs: only records of epochs count.
    from_zero: the axis begins at zero. rises: good curves end at the top. noisy: its curves are means of some images,
    so that smoothing them says more. unit: what stands after a value. axis: the axis's title, the unit where empty.
    """

    title: str
    curves: Mapping[str, str]
    number: str
    factor: float = 1.0
    whole_epochs: bool = False
    from_zero: bool = False
    rises: bool = False
    noisy: bool = False
    unit: str = ""
    axis: str = ""


TRAINING, VALIDATION = "training", "validation"

COLOURS = {TRAINING: MODELS[0], VALIDATION: MODELS[1]}
"""Of the two curves of one run."""

PANELS = (
    Panel(
        "Loss", {TRAINING: "train_loss", VALIDATION: "validation_loss"}, ".4f", noisy=True, axis="cross-entropy (nats)"
    ),
    Panel(
        "Accuracy",
        {TRAINING: "train_accuracy", VALIDATION: "validation_accuracy"},
        ".2f",
        factor=100,
        unit="%",
        rises=True,
        noisy=True,
    ),
    Panel("Learning rate", {TRAINING: "learning_rate"}, ".3~g", from_zero=True),
    Panel("Time per epoch", {TRAINING: "seconds"}, ".1f", whole_epochs=True, from_zero=True, unit="s"),
)
"""Loss and accuracy side by side, and below them learning rate and time."""


def points(panel: Panel, records: Sequence[Record], steps_per_epoch: float) -> list[Point]:
    """The points of a panel's curves, in order; what is not a finite number is left out.

    records: as the history has them; those of epochs have an `epoch`, those between them only a `step`. The training's
    mean over an epoch is left out where the epoch has points within: it would stand at the end of the epoch and yet
    tell of its beginning, too, and so draw a tooth.
    """
    epochs = [record for record in records if "epoch" in record]
    within = [] if panel.whole_epochs else _thinned([record for record in records if "epoch" not in record])
    chosen = sorted([*epochs, *within], key=lambda record: _number(record.get("step")) or 0)
    told = {math.ceil(epoch) for record in within if (epoch := _epoch(record, steps_per_epoch)) is not None}
    return [
        Point(epoch, value * panel.factor, part)
        for record in chosen
        if (epoch := _epoch(record, steps_per_epoch)) is not None
        for part, key in panel.curves.items()
        if (value := _number(record.get(key))) is not None
        if not (panel.noisy and part == TRAINING and "epoch" in record and epoch in told)
    ]


def smooth(values: Sequence[float], weight: float) -> list[float]:
    """An exponential moving average of a curve, as TensorBoard draws it.

    weight: the share of what was before that each step keeps, in 0..0.99; 0 leaves the values as they are. The average
    begins at nothing, which is corrected for: the first value stays itself, and a constant stays that constant.
    """
    smoothed, average = [], 0.0
    for number, value in enumerate(values, 1):
        average = weight * average + (1 - weight) * value
        smoothed.append(average / (1 - weight**number))
    return smoothed


def _thinned(records: Sequence[Record]) -> Sequence[Record]:
    """Every second, third, … record, so that at most MOST_POINTS remain."""
    return records[:: math.ceil(len(records) / MOST_POINTS) or 1]


def _epoch(record: Record, steps_per_epoch: float) -> float | None:
    """Where on the axis of epochs a record stands, with a fraction within an epoch."""
    if "epoch" in record:
        return _number(record["epoch"])
    step = _number(record.get("step"))
    return None if step is None or steps_per_epoch <= 0 else round(step / steps_per_epoch, 4)


def _number(value: object) -> float | None:
    """The value, if it is a finite number; a damaged history may hold anything."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value)


CURVE_HEIGHT = 340
"""Pixels of every figure."""


def curve_figure(panel: Panel, points: Sequence[Point], chosen_epoch: int | None = None) -> go.Figure:
    """One panel's curves. chosen_epoch: marked with a dashed line, where it is given."""
    figure = go.Figure(layout=_layout(panel))
    for part in panel.curves:
        mine = [point for point in points if point.part == part]
        figure.add_scatter(
            x=[point.epoch for point in mine],
            y=[point.value for point in mine],
            name=part,
            mode="lines+markers" if part == VALIDATION or panel.whole_epochs else "lines",
            line={"color": COLOURS[part], "width": 2},
            marker={"size": 6},
            hovertemplate=f"epoch %{{x:.4~g}}<br>{part} %{{y:{panel.number}}} {panel.unit}<extra></extra>",
        )
    if chosen_epoch:
        figure.add_vline(chosen_epoch, line={"dash": "dot", "width": 1.5, "color": "#888888"})
        early = chosen_epoch < max((point.epoch for point in points), default=0) / 2  # room is on the right then
        figure.add_annotation(
            x=chosen_epoch,
            y=0 if panel.rises else 1,  # where the curves are not, at the end of a training
            yref="paper",
            yanchor="bottom" if panel.rises else "top",
            xanchor="left" if early else "right",
            text="chosen",
            showarrow=False,
            xshift=4 if early else -4,
        )
    return figure


def _layout(panel: Panel) -> go.Layout:
    y = {
        "title": panel.axis or panel.unit or None,
        "rangemode": "tozero" if panel.from_zero else "normal",
        "exponentformat": "none",
    }
    x = {"title": "epoch", "rangemode": "tozero"}
    return layout(panel.title, x, y, CURVE_HEIGHT, showlegend=len(panel.curves) > 1)


NORM_HEIGHT = 320
"""Pixels of the figure."""

WEIGHT_NORM, GRADIENT_NORM = "weight_norm", "gradient_norm"
"""Keys of a history's records: the global L2 norm at the epoch's end, and its mean over the epoch's steps."""


def has_norm(history: Sequence[Mapping[str, Any]], key: str) -> bool:
    """Whether the training wrote a norm down; older ones did not."""
    return any(_is_finite(record.get(key)) for record in history)


def norm_figure(history: Sequence[Mapping[str, Any]], key: str, colour: str) -> go.Figure:
    """One norm by epoch. history: a record per epoch. key: WEIGHT_NORM or GRADIENT_NORM."""
    known = [record for record in history if _is_finite(record.get(key))]
    title = "Norm of the weights" if key == WEIGHT_NORM else "Norm of the gradient"
    figure = go.Figure(
        layout=layout(
            title, {"title": "epoch", "rangemode": "tozero"}, {"title": "L2 norm", "rangemode": "tozero"}, NORM_HEIGHT
        )
    )
    figure.add_scatter(
        x=[record["epoch"] for record in known],
        y=[record[key] for record in known],
        mode="lines+markers",
        line={"color": colour, "width": 2},
        hovertemplate="epoch %{x}: %{y:.4g}<extra></extra>",
    )
    return figure


def _is_finite(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
