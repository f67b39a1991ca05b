"""What chance alone explains: the interval of an accuracy, and the difference of two models on the same images."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy.stats import binomtest
from sklearn.metrics import confusion_matrix

from digitlab.formats import count
from digitlab.metrics.predictions import Predictions


def wilson_interval(right: int, images: int) -> tuple[float, float]:
    """The 95 % interval of an accuracy, in 0..1.

    images: at least one. After E. B. Wilson, "Probable inference, the law of succession, and statistical inference",
    Journal of the American Statistical Association 22, 1927.
    """
    interval = binomtest(right, images).proportion_ci(0.95, method="wilson")
    return float(interval.low), float(interval.high)


class Outcome(StrEnum):
    """How two models, A and B, did on an image."""

    BOTH_RIGHT = "both-right"
    ONLY_A = "only-a"
    ONLY_B = "only-b"
    BOTH_WRONG = "both-wrong"


@dataclass(frozen=True)
class Disputed:
    """The images that only one of two models, A and B, reads right."""

    only_a: int
    only_b: int

    @property
    def chance(self) -> float:
        """How often two equally good models would differ at least this much: McNemar's test, exact and two-sided.

        Only these images count (Q. McNemar, "Note on the sampling error of the difference between correlated
        proportions or percentages", Psychometrika 12, 1947). 1 when there are none.
        """
        number = self.only_a + self.only_b
        return float(binomtest(self.only_a, number).pvalue) if number else 1.0

    def __str__(self) -> str:
        """A line about A, which is compared with B."""
        return f"{self.only_a} read right only by this one, {self.only_b} only by that, p = {self.chance:.3f}"


def disputed(a: np.ndarray, b: np.ndarray) -> Disputed:
    """The disputed ones of the same images. a, b: which of them each model reads right, `bool` of shape (N,)."""
    return Disputed(int((a & ~b).sum()), int((b & ~a).sum()))


@dataclass(frozen=True)
class Verdicts:
    """What two models, A and B, say of the same images."""

    a: Predictions
    b: Predictions

    @property
    def counts(self) -> dict[Outcome, int]:
        """Images of each outcome."""
        table = confusion_matrix(self.a.right, self.b.right, labels=[True, False])
        return dict(zip(Outcome, table.ravel().tolist(), strict=True))

    def where(self, outcome: Outcome) -> np.ndarray:
        """The indices of the images with an outcome, the most telling first.

        That is the highest confidence in a wrong answer; where both are right, the lowest confidence in a right one.
        """
        a, b = self.a.right, self.b.right
        found = np.flatnonzero(_CHOSEN[outcome](a, b))
        if outcome is Outcome.BOTH_RIGHT:
            return found[np.argsort(np.minimum(self.a.confidence, self.b.confidence)[found], kind="stable")]
        wrong = np.maximum(np.where(a, 0, self.a.confidence), np.where(b, 0, self.b.confidence))
        return found[np.argsort(-wrong[found], kind="stable")]

    @property
    def chance(self) -> float:
        """See `Disputed.chance`."""
        return disputed(self.a.right, self.b.right).chance


_CHOSEN = {
    Outcome.BOTH_RIGHT: lambda a, b: a & b,
    Outcome.ONLY_A: lambda a, b: a & ~b,
    Outcome.ONLY_B: lambda a, b: ~a & b,
    Outcome.BOTH_WRONG: lambda a, b: ~a & ~b,
}


def say_difference(verdicts: Verdicts, a: str, b: str) -> str:
    """McNemar's test in a sentence or two. a, b: what people call the models."""
    return say_disputed(disputed(verdicts.a.right, verdicts.b.right), a, b)


def say_disputed(images: Disputed, a: str, b: str) -> str:
    """The same of the images that only one of them reads right."""
    only_a, only_b = images.only_a, images.only_b
    if only_a + only_b == 0:
        return f"{a} and {b} are right and wrong on the same images. There is no difference to test."
    if only_a == only_b:
        return f"{a} and {b} make equally many mistakes: each alone is right on {_images(only_a)}."
    better = a if only_a > only_b else b
    return f"They differ by {_images(abs(only_a - only_b))} in favour of {better}. {_how_often(images.chance)}."


def _images(number: int) -> str:
    return "1 image" if number == 1 else f"{count(number)} images"


_ALWAYS = 0.95


def _how_often(chance: float) -> str:
    by_chance = "If both were equally good, chance would bring so large a difference in"
    if chance < 0.001:
        return f"{by_chance} less than 1 of 1,000 cases"
    if chance < 0.05:
        return f"{by_chance} about 1 of {round(1 / chance):,} cases"
    if chance > _ALWAYS:
        return f"{by_chance} nearly every case, so it does not show that one of them is better"
    return f"{by_chance} {100 * chance:.0f} of 100 cases, so it does not show that one of them is better"
