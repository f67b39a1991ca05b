"""ROC and precision–recall curves: one digit against the rest, and two ways to average.

ROC: how many images of a digit are found, against how many others are taken for it. Precision–recall: how many of the
answers "it is this digit" are right, as more of its images are found.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.metrics import average_precision_score, precision_recall_curve, roc_auc_score, roc_curve

from digitlab.image import CLASSES
from digitlab.metrics.predictions import Predictions

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
    chosen = np.unique(np.searchsorted(along, np.linspace(0, along[-1], _MOST_POINTS)).clip(max=len(x) - 1))
    chosen = np.union1d(chosen, [0, len(x) - 1])
    return x[chosen], y[chosen]


def mean_of(curves: Sequence[tuple[np.ndarray, np.ndarray]], at: np.ndarray) -> np.ndarray:
    """The mean height of curves at these x."""
    return np.mean([np.interp(at, x, y) for x, y in curves], axis=0)


_FALSE_POSITIVE_RATES = np.union1d(np.linspace(0, 1, 201), np.geomspace(1e-4, 1, 121))
"""False positive rates at which curves are averaged: closest where good models differ."""


def roc_curves(predictions: Predictions) -> list[Curve]:
    """A curve per digit that has images, then their micro and macro averages, with x the false positive rate.

    Empty when all images are of one digit.
    """
    truth, scores, digits = one_against_rest(predictions), predictions.probabilities, present_digits(predictions)
    if not digits:
        return []
    rates = [roc_curve(truth[:, digit], scores[:, digit])[:2] for digit in digits]
    areas = roc_auc_score(truth[:, digits], scores[:, digits], average=None)
    single = [
        Curve(str(digit), *thinned(*rate), float(area)) for digit, rate, area in zip(digits, rates, areas, strict=True)
    ]
    return [*single, _micro(truth[:, digits], scores[:, digits]), _macro(rates, macro_auc(predictions))]


def macro_auc(predictions: Predictions) -> float:
    """The mean area over the digits that have images, in 0..1; NaN when all images are of one digit."""
    digits = present_digits(predictions)
    if not digits:
        return float("nan")
    truth = one_against_rest(predictions)[:, digits]
    return float(roc_auc_score(truth, predictions.probabilities[:, digits], average="macro"))


def _micro(truth: np.ndarray, scores: np.ndarray) -> Curve:
    false, true, _ = roc_curve(truth.ravel(), scores.ravel())
    return Curve(MICRO, *thinned(false, true), float(roc_auc_score(truth, scores, average="micro")))


def _macro(rates: list[tuple[np.ndarray, np.ndarray]], area: float) -> Curve:
    heights = mean_of(rates, _FALSE_POSITIVE_RATES)
    return Curve(MACRO, np.concatenate([[0.0], _FALSE_POSITIVE_RATES]), np.concatenate([[0.0], heights]), area)


_RECALLS = np.union1d(np.linspace(0, 1, 201), np.linspace(0.9, 1, 101))
"""Recalls at which curves are averaged: closest where good models differ."""


def precision_recall_curves(predictions: Predictions) -> list[Curve]:
    """A curve per digit that has images, then their micro and macro averages, with x the recall.

    The area is the average precision. Empty when all images are of one digit.
    """
    truth, scores, digits = one_against_rest(predictions), predictions.probabilities, present_digits(predictions)
    if not digits:
        return []
    truth, scores = truth[:, digits], scores[:, digits]
    found = [_curve(truth[:, column], scores[:, column]) for column in range(len(digits))]
    areas = average_precision_score(truth, scores, average=None)
    single = [
        Curve(str(digit), *thinned(*curve), float(area))
        for digit, curve, area in zip(digits, found, areas, strict=True)
    ]
    micro = Curve(
        MICRO,
        *thinned(*_curve(truth.ravel(), scores.ravel())),
        float(average_precision_score(truth, scores, average="micro")),
    )
    macro = Curve(MACRO, _RECALLS, mean_of(found, _RECALLS), float(np.mean(areas)))
    return [*single, micro, macro]


def _curve(truth: np.ndarray, scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Recall and precision, with growing recall."""
    precision, recall, _ = precision_recall_curve(truth, scores, drop_intermediate=True)
    return recall[::-1], precision[::-1]
