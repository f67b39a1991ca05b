"""Models side by side: what they cost, how well they read, as rows of a table with the best value marked."""

import math
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np

from digitlab.formats import count, duration, file_size, interval, milliseconds, percent
from digitlab.glossary import hint, within
from digitlab.image import SIDE
from digitlab.metrics.significance import wilson_interval
from digitlab.metrics.summary import Headline
from digitlab.reading.predictor import Predictor
from digitlab.runs.results import Results
from digitlab.runs.run import Run

_IMAGES = 40
_WARM_UP = 5


@dataclass(frozen=True)
class Costs:
    """parameters: numbers that training adjusts. bytes: of the weights file. seconds: of training, None when unknown.

    milliseconds: to read one image on this machine.
    """

    parameters: int
    bytes: int
    seconds: float | None
    milliseconds: float


def costs_of(run: Run, predictor: Predictor) -> Costs:
    """Measures the time per image: a few dozen readings. Raises BadRun when the run's status is damaged."""
    size = run.weights.stat().st_size
    return Costs(predictor.parameters, size, run.status.seconds or None, milliseconds_per_image(predictor))


def milliseconds_per_image(predictor: Predictor) -> float:
    """The median time to read an image, in ms, one at a time and after warming up."""
    image = np.random.default_rng(0).integers(0, 256, (1, SIDE, SIDE), np.uint8)
    times = [predictor.read_all(image)[0].milliseconds for _ in range(_WARM_UP + _IMAGES)]
    return statistics.median(times[_WARM_UP:])


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


def _macro(term: str) -> str:
    return f"{hint(term)} Macro: {within('macro')}"


_METRICS: Sequence[_Measure[Headline]] = (
    _Measure("Accuracy", hint("accuracy"), lambda h: h.summary.accuracy, _accuracy, True),
    _Measure("Mistakes", "Images that are read wrong.", lambda h: h.summary.mistakes, lambda n: count(int(n))),
    _Measure("Loss", f"In nats. {hint('cross-entropy')}", lambda h: h.summary.loss, "{:.4f}".format),
    _Measure("Macro precision", _macro("precision"), lambda h: h.precision, _accuracy, True),
    _Measure("Macro recall", _macro("recall"), lambda h: h.recall, _accuracy, True),
    _Measure("Macro F1", _macro("F1"), lambda h: h.f1, _accuracy, True),
    _Measure("Macro AUC", _macro("AUC"), lambda h: h.auc, "{:.5f}".format, True),
    _Measure(
        "Calibration error",
        hint("calibration error"),
        lambda h: h.calibration_error,
        _accuracy,
    ),
)

_COSTS: Sequence[_Measure[Costs]] = (
    _Measure("Parameters", hint("parameters"), lambda c: c.parameters, lambda n: count(int(n))),
    _Measure("File size", "Size of the weights on the disk.", lambda c: c.bytes, lambda n: file_size(int(n))),
    _Measure(
        "Training time",
        "As it was recorded where the model was trained; other computers take longer or shorter.",
        lambda c: c.seconds,
        duration,
    ),
    _Measure(
        "Time per image",
        "Time to read one image on this computer: the median of 40, measured just now.",
        lambda c: c.milliseconds,
        lambda ms: milliseconds(ms, 1 if ms >= 1 else 2),
    ),
)


def metric_rows(headlines: Sequence[Headline | None]) -> list[Row]:
    """The metrics of each model; None for one that has no scores."""
    interval = Row(
        "95 % interval",
        f"Of the accuracy, after E. B. Wilson. {hint('confidence interval')}",
        tuple(_interval(headline) for headline in headlines),
        frozenset(),
    )
    first, *others = (_row(measure, headlines) for measure in _METRICS)
    return [first, interval, *others]


def cost_rows(costs: Sequence[Costs | None]) -> list[Row]:
    """What each model costs; None for one that cannot be read."""
    return [_row(measure, costs) for measure in _COSTS]


def _row(measure: _Measure[_T], models: Sequence[_T | None]) -> Row:
    found = [None if model is None else measure.value(model) for model in models]
    values = [None if value is None or math.isnan(value) else value for value in found]
    written = tuple("–" if value is None else measure.written(value) for value in values)
    known = [value for value in values if value is not None]
    top = (max if measure.more_is_better else min)(known, default=None)
    same = len(set(known)) < 2
    best = frozenset() if same else frozenset(index for index, value in enumerate(values) if value == top)
    return Row(measure.name, measure.help, written, best)


def _interval(headline: Headline | None) -> str:
    return "–" if headline is None else interval(headline.summary.interval)


@dataclass(frozen=True)
class Score:
    """A share of images read right, of how many, and where it lies on all such images (95 %, E. B. Wilson, 1927)."""

    accuracy: float
    images: int
    interval: tuple[float, float]

    def in_words(self) -> str:
        """Everything that the bare accuracy leaves out."""
        right = round(self.accuracy * self.images)
        return f"{count(right)} of {count(self.images)} images read right; 95 % interval {interval(self.interval)}"


def score_of(right: np.ndarray) -> Score | None:
    """The score of answers, `bool` of shape (N,), right or not; None when there is none."""
    if not len(right):
        return None
    found = int(right.sum())
    return Score(found / len(right), len(right), wilson_interval(found, len(right)))


def recorded_score(results: Results, data: str) -> Score | None:
    """The score that a run's results hold for a data set's test part; None when they hold none."""
    found = results.get("test", {}).get(data)
    return Score(found["accuracy"], found["images"], found["interval"]) if found else None


def best_scores(scores: Sequence[Score | None]) -> frozenset[int]:
    """The indices of the highest accuracies; none when all are the same."""
    known = {score.accuracy for score in scores if score}
    if len(known) < 2:
        return frozenset()
    return frozenset(index for index, score in enumerate(scores) if score and score.accuracy == max(known))
