"""Models side by side as a table: what is compared, how it is written, and which value is the best."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from digitlab.compare.costs import Costs
from digitlab.figures.durations import duration
from digitlab.figures.numbers import count, milliseconds, percent
from digitlab.metrics.headline import Headline

_T = TypeVar("_T")


@dataclass(frozen=True)
class Row:
    """One line: what it is called and explained as, its value of each model as text, and where the best ones are."""

    name: str
    help: str
    values: tuple[str, ...]
    best: frozenset[int]


@dataclass(frozen=True)
class _Measure(Generic[_T]):
    """What is compared: the value of a model, None when unknown; how it is written; whether more of it is better."""

    name: str
    help: str
    value: Callable[[_T], float | None]
    written: Callable[[float], str]
    more_is_better: bool = False


def _accuracy(share: float) -> str:
    return percent(share, 2)


_METRICS: Sequence[_Measure[Headline]] = (
    _Measure("Accuracy", "Share of the images that are read right.", lambda h: h.summary.accuracy, _accuracy, True),
    _Measure("Mistakes", "Images that are read wrong.", lambda h: h.summary.mistakes, lambda n: count(int(n))),
    _Measure("Loss", "Mean cross-entropy in nats.", lambda h: h.summary.loss, "{:.4f}".format),
    _Measure("Macro precision", "Mean over the digits.", lambda h: h.precision, _accuracy, True),
    _Measure("Macro recall", "Mean over the digits.", lambda h: h.recall, _accuracy, True),
    _Measure("Macro F1", "Mean over the digits of the harmonic mean of both.", lambda h: h.f1, _accuracy, True),
    _Measure("Macro AUC", "Mean area under the ROC curves of the digits.", lambda h: h.auc, "{:.5f}".format, True),
    _Measure(
        "Calibration error",
        "Expected calibration error: the mean gap between confidence and accuracy.",
        lambda h: h.calibration_error,
        _accuracy,
    ),
)

_COSTS: Sequence[_Measure[Costs]] = (
    _Measure("Parameters", "Numbers that training sets.", lambda c: c.parameters, lambda n: count(int(n))),
    _Measure("File size", "Of the weights on the disk.", lambda c: c.bytes, lambda n: file_size(int(n))),
    _Measure("Training time", "Where it was trained; other machines differ.", lambda c: c.seconds, duration),
    _Measure(
        "Time per image",
        "To read one image on this machine: the median of 40, measured just now.",
        lambda c: c.milliseconds,
        lambda ms: milliseconds(ms) if ms >= 1 else f"{ms:.2f}\u202fms",
    ),
)


def metric_rows(headlines: Sequence[Headline | None]) -> list[Row]:
    """The metrics of each model; None for one that has no scores."""
    interval = Row(
        "95 % interval",
        "Where the accuracy on all such images lies, after E. B. Wilson.",
        tuple(_interval(headline) for headline in headlines),
        frozenset(),
    )
    first, *others = (_row(measure, headlines) for measure in _METRICS)
    return [first, interval, *others]


def cost_rows(costs: Sequence[Costs | None]) -> list[Row]:
    """What each model costs; None for one that cannot be read."""
    return [_row(measure, costs) for measure in _COSTS]


def file_size(size: int) -> str:
    """A size in bytes as kB or MB."""
    return f"{size / 1e6:.1f}\u202fMB" if size >= 1e6 else f"{size / 1e3:.0f}\u202fkB"


def _row(measure: _Measure[_T], models: Sequence[_T | None]) -> Row:
    found = [None if model is None else measure.value(model) for model in models]
    values = [None if value is None or math.isnan(value) else value for value in found]
    written = tuple("–" if value is None else measure.written(value) for value in values)
    known = [value for value in values if value is not None]
    top = (max if measure.more_is_better else min)(known, default=None)
    same = len(set(known)) < 2
    best = frozenset() if same else frozenset(place for place, value in enumerate(values) if value == top)
    return Row(measure.name, measure.help, written, best)


def _interval(headline: Headline | None) -> str:
    if headline is None:
        return "–"
    low, high = headline.summary.interval
    return f"{100 * low:.2f} to {100 * high:.2f}\u202f%"
