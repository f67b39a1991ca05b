"""Calibration: whether answers given with 90 % confidence are right nine times out of ten.

A temperature divides the logits: above 1 the model becomes less sure, below 1 surer; its answers stay the same.
C. Guo, G. Pleiss, Y. Sun, K. Q. Weinberger, "On calibration of modern neural networks", ICML 2017.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize_scalar
from sklearn.calibration import calibration_curve
from sklearn.metrics import log_loss

from digitlab.metrics.predictions import CLASSES, Predictions

BINS = 15
COLDEST, HOTTEST = 0.1, 5.0
"""Smallest and largest temperature that is fitted or offered."""

_FEWEST = 50
"""Images that a temperature is fitted on; from fewer it says nothing."""


@dataclass(frozen=True)
class Reliability:
    """Answers in bins of equal width by confidence; empty bins are left out.

    confidence, accuracy: means over each bin, in 0..1. images: the number in each bin.
    """

    confidence: np.ndarray
    accuracy: np.ndarray
    images: np.ndarray

    @property
    def error(self) -> float:
        """Expected calibration error: the mean gap between confidence and accuracy, weighted by images, in 0..1."""
        return float(np.average(np.abs(self.accuracy - self.confidence), weights=self.images))


def reliability(predictions: Predictions, bins: int = BINS) -> Reliability:
    """Confidence against accuracy of the answers."""
    sure = predictions.confidence.clip(max=1.0)  # a sum of rounded shares may be a hair above
    accuracy, confidence = calibration_curve(predictions.right, sure, n_bins=bins)
    edges = np.linspace(0, 1, bins + 1)
    images = np.bincount(np.searchsorted(edges[1:-1], sure), minlength=bins)  # the bins of calibration_curve
    return Reliability(confidence, accuracy, images[images > 0])


def tempered(predictions: Predictions, temperature: float) -> Predictions:
    """The same answers with logits divided by the temperature."""
    return Predictions(predictions.logits / temperature, predictions.labels)


def halves(predictions: Predictions) -> tuple[Predictions, Predictions]:
    """Every second image from the first on, and the others: a temperature is fitted on one and judged on the other."""
    return (
        Predictions(predictions.logits[::2], predictions.labels[::2]),
        Predictions(predictions.logits[1::2], predictions.labels[1::2]),
    )


def fit_temperature(predictions: Predictions) -> float | None:
    """The temperature with the least loss, in 0.1..5; None when there are fewer than 50 images to tell it from."""
    if len(predictions) < _FEWEST:
        return None
    limits = (np.log(COLDEST), np.log(HOTTEST))
    found = minimize_scalar(lambda heat: loss(tempered(predictions, np.exp(heat))), bounds=limits, method="bounded")
    return float(np.exp(found.x))


def loss(predictions: Predictions) -> float:
    """Mean cross-entropy in nats."""
    return float(log_loss(predictions.labels, predictions.probabilities, labels=list(range(CLASSES))))
