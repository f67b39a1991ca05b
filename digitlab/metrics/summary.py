"""How well a model reads a data set, in figures: accuracy with its interval, loss, precision, recall, F1, AUC."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from sklearn.metrics import accuracy_score, precision_recall_fscore_support, recall_score, roc_auc_score

from digitlab.image import CLASSES
from digitlab.metrics.calibration import log_loss, reliability
from digitlab.metrics.curves import macro_auc, one_against_rest, present_digits
from digitlab.metrics.predictions import Predictions
from digitlab.metrics.significance import wilson_interval


@dataclass(frozen=True)
class Summary:
    """How well scores fit their labels. Accuracies are in 0..1, the loss is the mean cross-entropy in nats."""

    images: int
    mistakes: int
    accuracy: float
    interval: tuple[float, float]
    """The accuracy's 95 % interval: see `wilson_interval`."""
    loss: float
    per_class: dict[int, float]
    """See `recalls`."""


def summarize(predictions: Predictions) -> Summary:
    """The figures of a model's answers."""
    mistakes = int((~predictions.right).sum())
    images = len(predictions)
    return Summary(
        images=images,
        mistakes=mistakes,
        accuracy=float(accuracy_score(predictions.labels, predictions.predicted)),
        interval=wilson_interval(images - mistakes, images),
        loss=log_loss(predictions),
        per_class=recalls(predictions),
    )


def recalls(predictions: Predictions) -> dict[int, float]:
    """Digit → share of its images that are read right, in 0..1; digits without an image are left out."""
    present = np.unique(predictions.labels)
    found = recall_score(predictions.labels, predictions.predicted, labels=present, average=None, zero_division=0)
    return {int(digit): float(recall) for digit, recall in zip(present, found, strict=True)}


@dataclass(frozen=True)
class Headline:
    """summary: images, mistakes, accuracy with its 95 % interval, loss. The rest is in 0..1.

    Macro figures are means over the digits that have images; `auc` is NaN when all images are of one digit.
    calibration_error: see `Reliability.error`.
    """

    summary: Summary
    precision: float
    recall: float
    f1: float
    auc: float
    calibration_error: float


def headline(predictions: Predictions) -> Headline:
    """The headline figures of a model's answers."""
    precision, recall, f1, _ = precision_recall_fscore_support(
        predictions.labels,
        predictions.predicted,
        labels=np.unique(predictions.labels),
        average="macro",
        zero_division=0,
    )
    return Headline(
        summary=summarize(predictions),
        precision=float(precision),
        recall=float(recall),
        f1=float(f1),
        auc=macro_auc(predictions),
        calibration_error=reliability(predictions).error,
    )


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
