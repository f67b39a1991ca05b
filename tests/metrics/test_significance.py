import numpy as np
import pytest
from scipy.stats import binomtest

from digitlab.metrics.predictions import Predictions
from digitlab.metrics.significance import Disputed, Outcome, Verdicts, say_difference


def answers(said: list[int], labels: list[int], confidence: float = 4.0) -> Predictions:
    return Predictions(confidence * np.eye(10, dtype=np.float32)[said], np.array(labels))


def verdicts(both: int, only_a: int, only_b: int, neither: int) -> Verdicts:
    """So many images of each outcome; all show a 1."""
    a = [1] * (both + only_a) + [2] * (only_b + neither)
    b = [1] * both + [2] * only_a + [1] * only_b + [2] * neither
    labels = [1] * len(a)
    return Verdicts(answers(a, labels), answers(b, labels))


def test_every_image_has_one_outcome() -> None:
    compared = verdicts(5, 3, 2, 1)
    assert compared.counts == {
        Outcome.BOTH_RIGHT: 5,
        Outcome.ONLY_A: 3,
        Outcome.ONLY_B: 2,
        Outcome.BOTH_WRONG: 1,
    }
    found = [compared.where(outcome) for outcome in Outcome]
    assert sorted(np.concatenate(found).tolist()) == list(range(11))
    assert [len(indices) for indices in found] == [5, 3, 2, 1]


@pytest.mark.parametrize(("only_a", "only_b"), [(10, 2), (0, 7), (25, 25), (300, 20)])
def test_mcnemars_test_is_a_binomial_test_of_the_disputed_images(only_a: int, only_b: int) -> None:
    expected = binomtest(only_b, only_a + only_b, 0.5).pvalue
    assert verdicts(50, only_a, only_b, 4).chance == pytest.approx(expected)


def test_mcnemars_test_by_hand() -> None:
    """Of 5 disputed images all go to A: 2 / 2**5."""
    assert verdicts(1, 5, 0, 0).chance == pytest.approx(2 / 32)


def test_disputed_images_say_in_a_line_what_they_come_to() -> None:
    assert str(Disputed(5, 0)) == "5 read right only by this one, 0 only by that, p = 0.062"


def test_without_disputed_images_there_is_no_difference() -> None:
    assert verdicts(5, 0, 0, 2).chance == 1.0
    assert "no difference" in say_difference(verdicts(5, 0, 0, 2), "a", "b")


@pytest.mark.parametrize(
    ("compared", "sentence"),
    [
        ((9000, 20, 330, 46), "They differ by 310 images in favour of cnn. If both were equally good, chance would "
         "bring so large a difference in less than 1 of 1,000 cases."),
        ((100, 12, 2, 1), "They differ by 10 images in favour of softmax. If both were equally good, chance would "
         "bring so large a difference in about 1 of 77 cases."),
        ((100, 3, 2, 1), "They differ by 1 image in favour of softmax. If both were equally good, chance would "
         "bring so large a difference in nearly every case, so it does not show that one of them is better."),
        ((100, 3, 3, 1), "softmax and cnn make equally many mistakes: each alone is right on 3 images."),
    ],
)  # fmt: skip
def test_the_difference_is_said_in_a_sentence(compared: tuple[int, int, int, int], sentence: str) -> None:
    assert say_difference(verdicts(*compared), "softmax", "cnn") == sentence


def test_the_most_confident_mistake_comes_first() -> None:
    labels = np.array([1, 1, 1])
    logits = np.zeros((3, 10), np.float32)
    logits[[0, 1, 2], 2] = 1.0, 9.0, 4.0
    compared = Verdicts(Predictions(logits, labels), answers([1, 1, 1], [1, 1, 1]))
    assert compared.where(Outcome.ONLY_B).tolist() == [1, 2, 0]


def test_where_both_are_right_the_least_sure_comes_first() -> None:
    labels = np.array([1, 1, 1])
    logits = np.zeros((3, 10), np.float32)
    logits[[0, 1, 2], 1] = 5.0, 1.0, 3.0
    compared = Verdicts(Predictions(logits, labels), answers([1, 1, 1], [1, 1, 1], 8.0))
    assert compared.where(Outcome.BOTH_RIGHT).tolist() == [1, 2, 0]
