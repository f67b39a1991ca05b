"""Calibration: whether answers given with 90 % confidence are right nine times out of ten, and when to be unsure.

A temperature divides the logits: above 1 the model becomes less sure, below 1 surer; its answers stay the same.
C. Guo, G. Pleiss, Y. Sun, K. Q. Weinberger, "On calibration of modern neural networks", ICML 2017.
The threshold below which a model is not sure is on the likeliest digit's probability: the baseline of D. Hendrycks,
K. Gimpel, "A baseline for detecting misclassified and out-of-distribution examples in neural networks", ICLR 2017.

scikit-learn and SciPy's optimizers are imported where they compute: who only reads a drawing does not wait for them.
"""

from dataclasses import dataclass

import numpy as np

from digitlab.image import CLASSES
from digitlab.metrics.predictions import Predictions, tempered

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
    from sklearn.calibration import calibration_curve

    sure = predictions.confidence.clip(max=1.0)  # a sum of rounded shares may be a hair above
    accuracy, confidence = calibration_curve(predictions.right, sure, n_bins=bins)
    edges = np.linspace(0, 1, bins + 1)
    images = np.bincount(np.searchsorted(edges[1:-1], sure), minlength=bins)  # the bins of calibration_curve
    return Reliability(confidence, accuracy, images[images > 0])


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
    from scipy.optimize import minimize_scalar

    limits = (np.log(COLDEST), np.log(HOTTEST))
    found = minimize_scalar(lambda heat: log_loss(tempered(predictions, np.exp(heat))), bounds=limits, method="bounded")
    return float(np.exp(found.x))


def log_loss(predictions: Predictions) -> float:
    """Mean cross-entropy in nats."""
    from sklearn import metrics

    return float(metrics.log_loss(predictions.labels, predictions.probabilities, labels=list(range(CLASSES))))


_SHARE_ABOVE = 0.99
"""Share of the rightly read validation digits that stay above the threshold."""


@dataclass(frozen=True)
class Doubt:
    """temperature: divides the logits, so that probabilities mean what they say. threshold: a probability in 0..1."""

    temperature: float = 1.0
    threshold: float = 0.0


def fit_doubt(validation: Predictions) -> Doubt:
    """What a model's answers on validation images teach; the defaults when there are too few images to tell.

    The threshold is as high as it can be while 99 % of the rightly read digits stay above it.
    """
    temperature = fit_temperature(validation)
    if temperature is None or not validation.right.any():
        return Doubt()
    sure = tempered(validation, temperature)
    return Doubt(temperature, float(np.quantile(sure.confidence[sure.right], 1 - _SHARE_ABOVE)))


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
    chosen = np.unique(np.linspace(first, len(coverage.share) - 1, _MOST_POINTS).round().astype(int))
    return Coverage(coverage.share[chosen], coverage.accuracy[chosen], coverage.least[chosen])
