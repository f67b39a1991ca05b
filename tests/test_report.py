import re
from collections.abc import Callable

import numpy as np
import pytest

from digitlab.metrics.predictions import Predictions
from digitlab.report import write_report
from digitlab.reporting.findings import (
    describe_calibration,
    describe_confusions,
    describe_coverage,
    describe_digits,
    describe_fit,
)
from digitlab.runs.run import Run


def answers_of(labels: list[int], said: list[int], sure: float = 5.0) -> Predictions:
    return Predictions(np.eye(10)[said] * sure, np.array(labels))


def epoch(number: int, train: tuple[float, float], validation: tuple[float, float]) -> dict[str, float]:
    """A record of the history: (loss, accuracy) in training and in validation."""
    return {
        "epoch": number,
        "step": number,
        "train_loss": train[0],
        "train_accuracy": train[1],
        "validation_loss": validation[0],
        "validation_accuracy": validation[1],
    }


@pytest.fixture
def run(make_run: Callable[..., Run]) -> Run:
    run = make_run(name="<b>mine</b>")
    for number in (1, 2):
        run.append_history(epoch(number, (0.5 / number, 0.9), (0.6 / number, 0.89)))
    return run


@pytest.fixture
def answers() -> Predictions:
    random = np.random.default_rng(3)
    labels = random.integers(0, 10, 300)
    return Predictions(random.normal(0, 1, (300, 10)) + 3 * np.eye(10)[labels], labels)


def test_a_report_holds_everything_and_fetches_nothing(run: Run, answers: Predictions) -> None:
    html = write_report(run, "MNIST", answers, np.zeros((300, 28, 28), np.uint8))
    ours = re.sub(r"<script>.*?</script>", "", html, count=1, flags=re.DOTALL)  # the first is plotly's own
    assert not re.findall(r"<(?:script|img|link|iframe)[^>]*(?:src|href)=[\"'](?!data:)", ours)
    for heading in ("Findings", "Each digit", "Confusion", "ROC", "Calibration", "Training", "Mistakes", "Settings"):
        assert heading in ours
    assert ours.count('class="plot"') == 9
    assert html.count("plotly.js v") == 1


def test_markup_in_names_stays_text(run: Run, answers: Predictions) -> None:
    html = write_report(run, "<script>alert(1)</script>", answers)
    assert "<b>mine</b>" not in html
    assert "<script>alert(1)" not in html


def test_without_images_a_line_stands_for_them(run: Run, answers: Predictions) -> None:
    assert "The images are not on the computer" in write_report(run, "MNIST", answers)


def test_a_run_without_history_and_data_of_one_digit_make_a_report(make_run: Callable[..., Run]) -> None:
    html = write_report(make_run(), "mine", answers_of([5, 5], [5, 6]))
    assert "<h2>Training</h2>" not in html
    assert "<h2>ROC" not in html


def test_best_and_worst_digits_are_named() -> None:
    said = describe_digits(answers_of([1, 1, 2, 2, 3, 3], [1, 1, 2, 7, 7, 7]))
    assert said == (
        "Read best is the 1: 100.00\u202f% of its images right. Read worst is the 3: 0.00\u202f%, 2 of 2 wrong."
    )


def test_equal_digits_are_called_equal() -> None:
    assert "equally well" in describe_digits(answers_of([1, 2], [1, 2]))


def test_the_commonest_confusions_are_named() -> None:
    assert "4 read as 9 (2, 66.67\u202f% of all 4s)" in describe_confusions(answers_of([4, 4, 4], [9, 9, 4]))
    assert describe_confusions(answers_of([4], [4])) == "There is no mistake on these images."


def test_confidence_that_promises_too_much_is_said() -> None:
    labels = [1, 2] * 100
    assert "too sure of itself" in describe_calibration(answers_of(labels, [1] * 200, sure=9))
    assert "A temperature of" in describe_calibration(answers_of(labels, [1] * 200, sure=9))


def test_how_much_can_be_answered_is_said() -> None:
    assert "on all images" in describe_coverage(answers_of([1, 2], [1, 2]))
    assert "However few" in describe_coverage(answers_of([1, 2], [2, 1]))


@pytest.mark.parametrize(
    ("history", "best", "said"),
    [
        ([epoch(1, (0.3, 0.96), (0.2, 0.96)), epoch(2, (0.1, 0.99), (0.4, 0.95))], 1, "overfits after epoch 1"),
        (
            [epoch(1, (0.3, 0.96), (0.2, 0.96)), epoch(2, (0.1, 0.99), (0.4, 0.95))],
            2,
            "overfits after epoch 1: the validation loss rises from 0.2000 to 0.4000 while the training loss goes on "
            "falling. The weights of epoch 2 are used, as its settings ask for.",
        ),
        (
            [epoch(1, (0.3, 0.96), (0.2, 0.96)), epoch(2, (0.1, 0.99), (0.4, 0.96))],
            2,
            "too confident after epoch 1: the validation loss rises from 0.2000 to 0.4000",
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
