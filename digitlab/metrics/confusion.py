"""Which digit is taken for which."""

from typing import NamedTuple

import numpy as np
from sklearn.metrics import confusion_matrix

from digitlab.image import CLASSES
from digitlab.metrics.predictions import Predictions

MODES = ("counts", "shares", "errors")
"""Ways to read the matrix: numbers of images, shares of each true digit's images, only the mistakes."""


class Confusion(NamedTuple):
    """How often a digit was taken for another one. share: of the true digit's images, in 0..1."""

    true: int
    predicted: int
    images: int
    share: float


def confusion_counts(predictions: Predictions) -> np.ndarray:
    """`int64` of shape (10, 10): true digit × predicted digit."""
    return np.asarray(confusion_matrix(predictions.labels, predictions.predicted, labels=range(CLASSES)))


def confusion_shares(predictions: Predictions) -> np.ndarray:
    """Like the counts, each row as shares in 0..1 of its true digit's images; 0 where a digit has no image."""
    return np.asarray(
        confusion_matrix(predictions.labels, predictions.predicted, labels=range(CLASSES), normalize="true")
    )


def commonest_confusions(predictions: Predictions, most: int = 5) -> list[Confusion]:
    """The mistakes made most often, the commonest first."""
    counts, shares = confusion_counts(predictions), confusion_shares(predictions)
    wrong = [
        Confusion(true, predicted, int(counts[true, predicted]), float(shares[true, predicted]))
        for true in range(CLASSES)
        for predicted in range(CLASSES)
        if true != predicted and counts[true, predicted]
    ]
    return sorted(wrong, key=lambda confusion: -confusion.images)[:most]
