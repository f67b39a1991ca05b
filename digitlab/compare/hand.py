"""How well models read one person's drawings: their scores, as a table shows them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from digitlab.figures.numbers import count, percent


@dataclass(frozen=True)
class Score:
    """A share of images read right, of how many, and where it lies on all such images (95 %, E. B. Wilson, 1927)."""

    accuracy: float
    images: int
    interval: tuple[float, float]

    def in_words(self) -> str:
        """Everything that the bare accuracy leaves out."""
        low, high = self.interval
        right = round(self.accuracy * self.images)
        return (
            f"{count(right)} of {count(self.images)} images read right; 95 % interval {100 * low:.2f} to "
            f"{percent(high, 2)}"
        )


def score_of(right: np.ndarray) -> Score | None:
    """The score of answers, `bool` of shape (N,), right or not; None when there is none."""
    from scipy.stats import binomtest

    if not len(right):
        return None
    found = int(right.sum())
    interval = binomtest(found, len(right)).proportion_ci(0.95, method="wilson")
    return Score(found / len(right), len(right), (float(interval.low), float(interval.high)))


def recorded_score(results: Mapping[str, Any], data: str) -> Score | None:
    """The score that a run's results hold for a data set's test part; None when they hold none, or no sensible one."""
    try:
        summary = results["test"][data]
        low, high = map(float, summary["interval"])
        return Score(float(summary["accuracy"]), int(summary["images"]), (low, high))
    except (KeyError, TypeError, ValueError):
        return None


def best_places(scores: Sequence[Score | None]) -> frozenset[int]:
    """Where the highest accuracies stand; nowhere when all are the same."""
    known = {score.accuracy for score in scores if score}
    if len(known) < 2:
        return frozenset()
    return frozenset(place for place, score in enumerate(scores) if score and score.accuracy == max(known))
