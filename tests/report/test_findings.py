import re

import numpy as np
import pytest

from digitlab.metrics.predictions import Predictions, tempered
from digitlab.report.findings import (
    describe_all,
    describe_calibration,
    describe_confusions,
    describe_coverage,
    describe_digits,
    describe_fit,
)
from tests.report.conftest import answers_of, epoch


def test_best_and_worst_digits_are_named() -> None:
    said = describe_digits(answers_of([1, 1, 2, 2, 3, 3], [1, 1, 2, 7, 7, 7]))
    assert said == (
        "The 1 is read best: 100.00\u202f% of its images right. The 3 is read worst: 0.00\u202f% right, 2 of 2 wrong."
    )


def test_equal_digits_are_called_equal() -> None:
    assert "equally well" in describe_digits(answers_of([1, 2], [1, 2]))


def test_the_commonest_confusions_are_named() -> None:
    assert "4 read as 9 (2, 66.67\u202f% of all 4s)" in describe_confusions(answers_of([4, 4, 4], [9, 9, 4]))
    assert describe_confusions(answers_of([4], [4])) == "There is no mistake on these images."


def test_confidence_that_promises_too_much_is_said() -> None:
    answers = answers_of([1, 2] * 100, [1] * 200, sure=9)  # says 99.89 %, and is right in 50 %
    said = describe_calibration(answers, answers, 1.0)
    assert said == (
        "The model is too sure of itself: its mean confidence is 99.89\u202f%, and 50.00\u202f% of its answers "
        "are right (95 % interval 43.14 to 56.86\u202f%). The expected calibration error, the mean gap between "
        "confidence and accuracy, is 49.89\u202f%."
    )


def test_a_temperature_is_named_with_the_error_before_it() -> None:
    answers = answers_of([1, 2] * 100, [1] * 200, sure=9)
    said = describe_calibration(tempered(answers, 4.0), answers, 4.0)
    assert "accuracy, is 1.32\u202f%. Its logits are divided by a temperature of 4.00" in said
    assert said.endswith("as trained, the error is 49.89\u202f%.")


def unsure(images: int, wrong: int) -> Predictions:
    """Answers that are right but for some, each with a confidence of 0.9."""
    labels = np.arange(images) % 10
    said = np.where(np.arange(images) < wrong, (labels + 1) % 10, labels)
    return Predictions(np.log(9 * 9) * np.eye(10)[said], labels)


def test_confidence_below_the_interval_of_the_accuracy_is_said() -> None:
    answers = unsure(images=2000, wrong=10)
    assert describe_calibration(answers, answers, 1.0).startswith("The model is less sure than it could be: its mean")


def test_confidence_within_the_interval_of_the_accuracy_fits() -> None:
    for images in (200, 40):
        answers = unsure(images, wrong=images // 10)
        assert describe_calibration(answers, answers, 1.0).startswith("On average the confidence fits: its mean")


def test_the_report_says_nothing_of_confidence_that_its_calibration_contradicts() -> None:
    answers = unsure(images=2000, wrong=10)  # less sure than it could be, and its validation loss rose all the same
    history = [epoch(1, (0.3, 0.96), (0.2, 0.96)), epoch(2, (0.1, 0.99), (0.4, 0.96))]
    said = " ".join(describe_all(answers, answers, 1.0, history, 2))
    assert "validation loss rises" in said
    assert "less sure" in said
    assert not re.search(r"too (sure|confident)|can be believed", said)


def test_every_finding_is_a_paragraph_and_one_without_a_history_is_left_out() -> None:
    answers = answers_of([1, 2, 3], [1, 2, 4])
    history = [epoch(1, (0.4, 0.91), (0.4, 0.91))]
    assert len(describe_all(answers, answers, 1.0, history, 1)) == 5
    assert len(describe_all(answers, answers, 1.0, [], 0)) == 4


def test_how_much_can_be_answered_is_said() -> None:
    assert "or more of all images" in describe_coverage(answers_of([1, 2], [1, 2]))
    assert "However few" in describe_coverage(answers_of([1, 2], [2, 1]))


@pytest.mark.parametrize(
    ("history", "best", "said"),
    [
        ([epoch(1, (0.3, 0.96), (0.2, 0.96)), epoch(2, (0.1, 0.99), (0.4, 0.95))], 1, "overfits after epoch 1"),
        (
            [epoch(1, (0.3, 0.96), (0.2, 0.96)), epoch(2, (0.1, 0.99), (0.4, 0.95))],
            2,
            "overfits after epoch 1: the validation loss rises from 0.2000 to 0.4000 while the training loss goes on "
            "falling. The weights of epoch 2 are used, as the settings of the run ask.",
        ),
        (
            [epoch(1, (0.3, 0.96), (0.2, 0.96)), epoch(2, (0.1, 0.99), (0.4, 0.96))],
            2,
            "The probabilities get worse after epoch 1: the validation loss rises from 0.2000 to 0.4000 while the "
            "training loss goes on falling. The answers do not",
        ),
        ([epoch(1, (0.01, 1.0), (0.2, 0.95))], 1, "overfits a little"),
        ([epoch(1, (0.4, 0.91), (0.4, 0.91))], 1, "underfits"),
        ([epoch(1, (0.3, 0.96), (0.3, 0.96)), epoch(2, (0.1, 0.98), (0.1, 0.98))], 2, "more epochs might help"),
        ([epoch(1, (0.1, 0.98), (0.1, 0.98)), epoch(2, (0.1, 0.98), (0.1, 0.98))], 1, "no sign of overfitting"),
        ([], 0, ""),
    ],
)
def test_over_and_underfitting_are_told_apart(history: list[dict[str, float]], best: int, said: str) -> None:
    found = describe_fit(history, best)
    assert said in found
    assert bool(found) == bool(said)
