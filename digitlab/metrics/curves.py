"""What ROC and precision–recall curves have in common: one digit against the rest, and two ways to average."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from digitlab.metrics.predictions import CLASSES, Predictions

MICRO, MACRO = "micro average", "macro average"

_MOST_POINTS = 400


@dataclass(frozen=True)
class Curve:
    """x, y: from left to right, in 0..1. area: the figure of merit that the legend shows, in 0..1."""

    name: str
    x: np.ndarray
    y: np.ndarray
    area: float


def one_against_rest(predictions: Predictions) -> np.ndarray:
    """Whether each image is of each digit, `int` of shape (N, 10)."""
    return np.eye(CLASSES, dtype=int)[predictions.labels]


def present_digits(predictions: Predictions) -> list[int]:
    """The digits that can be told from the rest: those with an image, unless all images are of this one digit."""
    digits = np.unique(predictions.labels).tolist()
    return digits if len(digits) > 1 else []


def thinned(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """At most 400 of the points, evenly spaced along the curve as it is drawn; the first and the last stay."""
    if len(x) <= _MOST_POINTS:
        return x, y
    along = np.concatenate([[0.0], np.cumsum(np.abs(np.diff(x)) + np.abs(np.diff(y)))])
    kept = np.unique(np.searchsorted(along, np.linspace(0, along[-1], _MOST_POINTS)).clip(max=len(x) - 1))
    kept = np.union1d(kept, [0, len(x) - 1])
    return x[kept], y[kept]


def mean_of(curves: Sequence[tuple[np.ndarray, np.ndarray]], places: np.ndarray) -> np.ndarray:
    """The mean height of curves at these places."""
    return np.mean([np.interp(places, x, y) for x, y in curves], axis=0)
