import json
import re
from collections.abc import Callable

import numpy as np
import pytest

from digitlab.figures.confusion import TITLES
from digitlab.formats import percent
from digitlab.glossary import glossary
from digitlab.metrics.calibration import reliability
from digitlab.metrics.predictions import Predictions
from digitlab.report.page import write_report
from digitlab.runs.run import Run
from digitlab.runs.scores import Scores, calibrated
from tests.report.conftest import answers_of, epoch


def scores_of(logits: np.ndarray, labels: np.ndarray) -> Scores:
    return Scores(logits, labels, "softmax", "weights", "images")


@pytest.fixture
def run(make_run: Callable[..., Run]) -> Run:
    run = make_run(name="<b>mine</b>")
    for number in (1, 2):
        run.append_history(epoch(number, (0.5 / number, 0.9), (0.6 / number, 0.89)))
    return run


@pytest.fixture
def scores() -> Scores:
    random = np.random.default_rng(3)
    labels = random.integers(0, 10, 300)
    return scores_of(random.normal(0, 1, (300, 10)) + 3 * np.eye(10)[labels], labels)


def test_a_report_holds_everything_and_fetches_nothing(run: Run, scores: Scores) -> None:
    html = write_report(run, "MNIST", scores, np.zeros((300, 28, 28), np.uint8))
    ours = re.sub(r"<script>.*?</script>", "", html, count=1, flags=re.DOTALL)  # the first is plotly's own
    assert not re.findall(r"<(?:script|img|link|iframe)[^>]*(?:src|href)=[\"'](?!data:)", ours)
    for heading in (
        "Findings",
        "Each digit",
        "Confusion",
        "ROC",
        "Precision–recall",
        "Calibration",
        "Samples",
        "Settings",
    ):
        assert heading in ours
    for title in (*TITLES.values(), "ROC, each digit", "ROC, zoomed", "Precision and recall of each", "recall, zoomed"):
        assert json.dumps(title)[1:-1] in ours
    assert ours.count('class="plot"') == 11
    assert html.count("plotly.js v") == 1


def test_markup_in_names_stays_text(run: Run, scores: Scores) -> None:
    html = write_report(run, "<script>alert(1)</script>", scores)
    assert "<b>mine</b>" not in html
    assert "<script>alert(1)" not in html


def test_the_terms_of_the_report_are_explained_at_its_end(run: Run, scores: Scores) -> None:
    html = write_report(run, "MNIST", scores)
    terms = html[html.index("What the terms mean") :]
    for term in ("F1", "calibration error", "overfitting"):
        assert f"<dt>{term}</dt><dd>{glossary()[term]}</dd>" in terms


def test_without_images_a_line_stands_for_them(run: Run, scores: Scores) -> None:
    assert "The images are not on the computer" in write_report(run, "MNIST", scores)


def test_a_run_without_history_and_data_of_one_digit_make_a_report(make_run: Callable[..., Run]) -> None:
    answers = answers_of([5, 5], [5, 6])
    html = write_report(make_run(), "mine", scores_of(answers.logits, answers.labels))
    assert "<h2>Training</h2>" not in html
    assert "<h2>ROC" not in html


def test_what_is_reported_is_calibrated_as_everywhere_else(run: Run, scores: Scores) -> None:
    run.write_results({**run.results, "doubt": {"temperature": 2.5, "threshold": 0.0}})
    answers = calibrated(run, scores)
    html = write_report(run, "MNIST", scores, np.zeros((300, 28, 28), np.uint8))
    error, before = reliability(answers).error, reliability(Predictions(scores.logits, scores.labels)).error
    assert abs(error - before) > 0.05
    assert f"its mean confidence is {percent(float(answers.confidence.mean()), 2)}" in html
    assert f"the mean gap between confidence and accuracy, is {percent(error, 2)}" in html
    assert f"as trained, the error is {percent(before, 2)}" in html
    surest_mistake = percent(float(answers.confidence[~answers.right].max()))
    mistakes = html.partition("<h2>Mistakes</h2>")[2]
    assert re.findall(r"<figcaption>\d → \d<br>(.*?)</figcaption>", mistakes)[0] == surest_mistake
    assert '"name":"as trained"' in html and '"name":"calibrated"' in html


def test_a_model_that_was_never_calibrated_has_one_line_of_reliability(run: Run, scores: Scores) -> None:
    html = write_report(run, "MNIST", scores)
    assert '"name":"as trained"' in html
    assert '"name":"calibrated"' not in html
    assert "a temperature of" not in re.sub(r"<script>.*?</script>", "", html, flags=re.DOTALL)
