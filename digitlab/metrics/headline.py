"""The few figures that say how good a model is."""

from dataclasses import dataclass

import numpy as np
from sklearn.metrics import precision_recall_fscore_support

from digitlab.evaluation import Summary, summarize
from digitlab.metrics.calibration import reliability
from digitlab.metrics.predictions import Predictions
from digitlab.metrics.roc import macro_auc


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
        summary=summarize(predictions.logits, predictions.labels),
        precision=float(precision),
        recall=float(recall),
        f1=float(f1),
        auc=macro_auc(predictions),
        calibration_error=reliability(predictions).error,
    )
