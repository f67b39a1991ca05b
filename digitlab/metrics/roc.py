"""ROC curves: how many images of a digit are found, against how many others are taken for it."""

import numpy as np
from sklearn.metrics import roc_auc_score, roc_curve

from digitlab.metrics.curves import MACRO, MICRO, Curve, mean_of, one_against_rest, present_digits, thinned
from digitlab.metrics.predictions import Predictions

_PLACES = np.union1d(np.linspace(0, 1, 201), np.geomspace(1e-4, 1, 121))
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
    heights = mean_of(rates, _PLACES)
    return Curve(MACRO, np.concatenate([[0.0], _PLACES]), np.concatenate([[0.0], heights]), area)
