"""Accuracy against coverage: how often a model is right when it may leave its least confident answers to a person."""

from dataclasses import dataclass

import numpy as np

from digitlab.metrics.predictions import Predictions

_MOST_POINTS = 300


@dataclass(frozen=True)
class Coverage:
    """share: of the images that are answered, growing to 1. accuracy: on those. least: their lowest confidence."""

    share: np.ndarray
    accuracy: np.ndarray
    least: np.ndarray

    def at_accuracy(self, wanted: float) -> tuple[float, float] | None:
        """The largest share answered with at least this accuracy, and the confidence that it asks for; None if none."""
        good = np.flatnonzero(self.accuracy >= wanted)
        return (float(self.share[good[-1]]), float(self.least[good[-1]])) if len(good) else None


def accuracy_by_coverage(predictions: Predictions) -> Coverage:
    """A point per image answered, the most confident first."""
    order = np.argsort(-predictions.confidence, kind="stable")
    answered = np.arange(1, len(order) + 1)
    return Coverage(
        answered / len(order), np.cumsum(predictions.right[order]) / answered, predictions.confidence[order]
    )


def thinned_coverage(coverage: Coverage) -> Coverage:
    """At most about 300 of the points, evenly spaced, for a figure; those below 1 % of coverage say little and go."""
    first = np.searchsorted(coverage.share, 0.01)
    kept = np.unique(np.linspace(first, len(coverage.share) - 1, _MOST_POINTS).round().astype(int))
    return Coverage(coverage.share[kept], coverage.accuracy[kept], coverage.least[kept])
