"""The four curves of a training, as points: what they show, from the records of a history."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from digitlab.figures.palette import MODELS

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
    """One figure: its title, what each curve in it is called and where a record keeps it, and how values are written.

    factor: what a record's value is multiplied with. number: a d3 format. whole_epochs: only records of epochs count.
    from_zero: the axis begins at zero. rises: good
    curves end at the top.
    """

    title: str
    curves: Mapping[str, str]
    number: str
    factor: float = 1.0
    whole_epochs: bool = False
    from_zero: bool = False
    rises: bool = False
    unit: str = ""


TRAINING, VALIDATION = "training", "validation"

COLOURS = {TRAINING: MODELS[0], VALIDATION: MODELS[1]}
"""Of the two curves of one run."""

PANELS = (
    Panel("Loss", {TRAINING: "train_loss", VALIDATION: "validation_loss"}, ".4f"),
    Panel(
        "Accuracy",
        {TRAINING: "train_accuracy", VALIDATION: "validation_accuracy"},
        ".2f",
        factor=100,
        unit="%",
        rises=True,
    ),
    Panel("Learning rate", {TRAINING: "learning_rate"}, ".3~g", from_zero=True),
    Panel("Time per epoch", {TRAINING: "seconds"}, ".1f", whole_epochs=True, from_zero=True, unit="s"),
)
"""Loss and accuracy side by side, and below them learning rate and time."""


def points(panel: Panel, records: Sequence[Record], steps_per_epoch: float) -> list[Point]:
    """The points of a panel's curves, in order; what is not a finite number is left out.

    records: as the history keeps them; those of epochs have an `epoch`, those between them only a `step`.
    """
    epochs = [record for record in records if "epoch" in record]
    within = [] if panel.whole_epochs else _thinned([record for record in records if "epoch" not in record])
    chosen = sorted([*epochs, *within], key=lambda record: _number(record.get("step")) or 0)
    return [
        Point(place, value * panel.factor, part)
        for record in chosen
        if (place := _place(record, steps_per_epoch)) is not None
        for part, key in panel.curves.items()
        if (value := _number(record.get(key))) is not None
    ]


def _thinned(records: Sequence[Record]) -> Sequence[Record]:
    """Every second, third, … record, so that at most MOST_POINTS remain."""
    return records[:: math.ceil(len(records) / MOST_POINTS) or 1]


def _place(record: Record, steps_per_epoch: float) -> float | None:
    """Where on the axis of epochs a record stands."""
    if "epoch" in record:
        return _number(record["epoch"])
    step = _number(record.get("step"))
    return None if step is None or steps_per_epoch <= 0 else round(step / steps_per_epoch, 4)


def _number(value: object) -> float | None:
    """The value, if it is a finite number; a damaged history may hold anything."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value)
