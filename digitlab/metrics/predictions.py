"""A model's answers on a data set, and the ways to choose among them."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import softmax

CLASSES = 10
VERDICTS = ("all", "right", "wrong")
"""What can be asked of an answer."""


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
        return np.asarray(softmax(self.logits.astype(np.float64), axis=1))

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
        """Positions of the answers of one verdict (of VERDICTS), true digit and predicted digit; None for any.

        The most confident come first; among all, the mistakes come before the rest.
        """
        chosen = np.ones(len(self), bool) if verdict == "all" else self.right == (verdict == "right")
        if true is not None:
            chosen &= self.labels == true
        if predicted is not None:
            chosen &= self.predicted == predicted
        found = np.flatnonzero(chosen)
        return found[np.lexsort((-self.confidence[found], self.right[found]))]
