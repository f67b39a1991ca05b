"""How well each digit is read."""

from typing import NamedTuple

import numpy as np
from sklearn.metrics import precision_recall_fscore_support, roc_auc_score

from digitlab.metrics.curves import one_against_rest, present_digits
from digitlab.metrics.predictions import CLASSES, Predictions


class DigitScores(NamedTuple):
    """Of one digit. images, mistakes: of its own images. precision, recall, f1, auc: in 0..1; auc may be NaN."""

    digit: int
    images: int
    mistakes: int
    precision: float
    recall: float
    f1: float
    auc: float


def per_class(predictions: Predictions) -> list[DigitScores]:
    """A row for each digit that has images."""
    precision, recall, f1, support = precision_recall_fscore_support(
        predictions.labels, predictions.predicted, labels=range(CLASSES), zero_division=0
    )
    missed = np.bincount(predictions.labels[~predictions.right], minlength=CLASSES)
    areas = _areas(predictions)
    return [
        DigitScores(
            digit=digit,
            images=int(support[digit]),
            mistakes=int(missed[digit]),
            precision=float(precision[digit]),
            recall=float(recall[digit]),
            f1=float(f1[digit]),
            auc=areas.get(digit, float("nan")),
        )
        for digit in range(CLASSES)
        if support[digit]
    ]


def _areas(predictions: Predictions) -> dict[int, float]:
    digits = present_digits(predictions)
    if not digits:
        return {}
    truth = one_against_rest(predictions)[:, digits]
    areas = roc_auc_score(truth, predictions.probabilities[:, digits], average=None)
    return dict(zip(digits, np.atleast_1d(areas).tolist(), strict=True))
