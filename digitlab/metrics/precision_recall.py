"""Precision–recall curves: how many of the answers "it is this digit" are right, as more of its images are found."""

import numpy as np
from sklearn.metrics import average_precision_score, precision_recall_curve

from digitlab.metrics.curves import MACRO, MICRO, Curve, mean_of, one_against_rest, present_digits, thinned
from digitlab.metrics.predictions import Predictions

_PLACES = np.union1d(np.linspace(0, 1, 201), np.linspace(0.9, 1, 101))
"""Recalls at which curves are averaged: closest where good models differ."""


def precision_recall_curves(predictions: Predictions) -> list[Curve]:
    """A curve per digit that has images, then their micro and macro averages, with x the recall.

    The area is the average precision. Empty when all images are of one digit.
    """
    truth, scores, digits = one_against_rest(predictions), predictions.probabilities, present_digits(predictions)
    if not digits:
        return []
    truth, scores = truth[:, digits], scores[:, digits]
    found = [_curve(truth[:, place], scores[:, place]) for place in range(len(digits))]
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
    macro = Curve(MACRO, _PLACES, mean_of(found, _PLACES), float(np.mean(areas)))
    return [*single, micro, macro]


def _curve(truth: np.ndarray, scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Recall and precision, with growing recall."""
    precision, recall, _ = precision_recall_curve(truth, scores, drop_intermediate=True)
    return recall[::-1], precision[::-1]
