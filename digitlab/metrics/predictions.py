"""A model's answers on a data set, the ways to choose among them, and all of them as a table."""

import csv
import io
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import softmax

VERDICTS = ("all", "right", "wrong")
"""What can be asked of an answer."""

HEADER = ("image", "true", "predicted", "confidence", *(f"p{digit}" for digit in range(10)))
"""The columns of `to_csv`."""


def to_probabilities(logits: np.ndarray) -> np.ndarray:
    """Softmax over the last axis, as `float64`."""
    return np.asarray(softmax(logits.astype(np.float64), axis=-1))


@dataclass(frozen=True)
class Predictions:
    """logits: shape (N, 10) with N ≥ 1. labels: the true digits, shape (N,)."""

    logits: np.ndarray
    labels: np.ndarray

    def __len__(self) -> int:
        return len(self.labels)

    @cached_property
    def probabilities(self) -> np.ndarray:
        """`float64` of shape (N, 10); each row adds up to 1."""
        return to_probabilities(self.logits)

    @cached_property
    def predicted(self) -> np.ndarray:
        """The likeliest digits, shape (N,)."""
        return self.logits.argmax(1)

    @cached_property
    def confidence(self) -> np.ndarray:
        """The likeliest digits' probabilities, shape (N,), in 0.1..1."""
        return self.probabilities.max(1)

    @cached_property
    def right(self) -> np.ndarray:
        """Whether each answer is right, `bool` of shape (N,)."""
        return self.predicted == self.labels

    def select(self, verdict: str = "all", true: int | None = None, predicted: int | None = None) -> np.ndarray:
        """Indices of the answers of one verdict (of VERDICTS), true digit and predicted digit; None for any.

        The most confident come first; among all, the mistakes come before the rest.
        """
        chosen = np.ones(len(self), bool) if verdict == "all" else self.right == (verdict == "right")
        if true is not None:
            chosen &= self.labels == true
        if predicted is not None:
            chosen &= self.predicted == predicted
        found = np.flatnonzero(chosen)
        return found[np.lexsort((-self.confidence[found], self.right[found]))]


def tempered(predictions: Predictions, temperature: float) -> Predictions:
    """The same answers with logits divided by a temperature: above 1 less sure, below 1 surer."""
    if temperature == 1:
        return predictions
    return Predictions(predictions.logits.astype(np.float64) / temperature, predictions.labels)


def to_csv(predictions: Predictions) -> str:
    """A line per image in the data set's order: index, true and predicted digit, confidence, ten probabilities.

    In full precision, so that AUC and log-loss can be computed from it as well as from the logits.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    rows = zip(
        predictions.labels.tolist(),
        predictions.predicted.tolist(),
        predictions.confidence.tolist(),
        predictions.probabilities.tolist(),
        strict=True,
    )
    for index, (true, predicted, confidence, probabilities) in enumerate(rows):
        writer.writerow([index, true, predicted, repr(confidence), *map(repr, probabilities)])
    return text.getvalue()
