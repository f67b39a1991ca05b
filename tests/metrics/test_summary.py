import math

import numpy as np
import pytest
import torch
from sklearn import metrics

from digitlab.metrics.predictions import Predictions
from digitlab.metrics.summary import headline, per_class, summarize
from tests.metrics.conftest import answers_of


@pytest.fixture
def answers() -> Predictions:
    random = np.random.default_rng(0)
    labels = random.integers(0, 10, 300)
    logits = random.normal(0, 1, (300, 10)).astype(np.float32)
    logits[np.arange(300), labels] += 2
    return Predictions(logits, labels)


def test_the_summary_agrees_with_scikit_learn(answers: Predictions) -> None:
    summary = summarize(answers)
    report = metrics.classification_report(answers.labels, answers.logits.argmax(1), output_dict=True)
    assert summary.images == 300
    assert summary.accuracy == pytest.approx(report["accuracy"])
    assert summary.mistakes == round(300 * (1 - report["accuracy"]))
    assert summary.per_class == pytest.approx({digit: report[str(digit)]["recall"] for digit in range(10)})


def test_the_loss_is_torchs_cross_entropy(answers: Predictions) -> None:
    expected = torch.nn.functional.cross_entropy(torch.tensor(answers.logits), torch.tensor(answers.labels)).item()
    assert summarize(answers).loss == pytest.approx(expected, rel=1e-5)


def test_the_interval_is_wilsons() -> None:
    """81 of 263 right: the worked example of R. Newcombe, Statistics in Medicine 17, 1998, table I."""
    labels = np.zeros(263, int)
    logits = np.zeros((263, 10))
    logits[:81, 0] = logits[81:, 1] = 1
    assert summarize(Predictions(logits, labels)).interval == pytest.approx((0.2553, 0.3662), abs=5e-5)


def test_digits_without_an_image_are_left_out(answers: Predictions) -> None:
    only = (answers.labels == 3) | (answers.labels == 8)
    assert summarize(Predictions(answers.logits[only], answers.labels[only])).per_class.keys() == {3, 8}


def test_a_perfect_and_a_hopeless_model_are_summarized() -> None:
    right = summarize(answers_of(list(range(10)), list(range(10)), sure=100))
    wrong = summarize(answers_of(list(range(10)), [*range(1, 10), 0], sure=100))
    assert (right.accuracy, right.mistakes) == (1, 0)
    assert right.interval[1] == pytest.approx(1)
    assert (wrong.accuracy, wrong.mistakes) == (0, 10)
    assert wrong.loss > 30


def test_every_figure_is_scikit_learns(many: Predictions) -> None:
    figures = headline(many)
    said = many.logits.argmax(1)
    assert figures.summary.accuracy == metrics.accuracy_score(many.labels, said)
    assert figures.summary.mistakes == int((said != many.labels).sum())
    assert figures.summary.loss == pytest.approx(metrics.log_loss(many.labels, many.probabilities))
    assert figures.precision == pytest.approx(metrics.precision_score(many.labels, said, average="macro"))
    assert figures.recall == pytest.approx(metrics.recall_score(many.labels, said, average="macro"))
    assert figures.f1 == pytest.approx(metrics.f1_score(many.labels, said, average="macro"))
    assert figures.auc == pytest.approx(
        metrics.roc_auc_score(many.labels, many.probabilities, multi_class="ovr", average="macro")
    )


def test_each_digits_figures_are_scikit_learns(many: Predictions) -> None:
    report = metrics.classification_report(many.labels, many.logits.argmax(1), output_dict=True)
    for row in per_class(many):
        expected = report[str(row.digit)]
        assert (row.precision, row.recall, row.f1, row.images) == pytest.approx(
            (expected["precision"], expected["recall"], expected["f1-score"], expected["support"])
        )
        assert row.auc == pytest.approx(
            metrics.roc_auc_score(many.labels == row.digit, many.probabilities[:, row.digit])
        )
        assert row.mistakes == int(((many.labels == row.digit) & ~many.right).sum())


def test_digits_without_images_have_no_row_and_do_not_count() -> None:
    predictions = answers_of([3, 3, 7, 7], [3, 3, 7, 3])
    assert [row.digit for row in per_class(predictions)] == [3, 7]
    assert headline(predictions).recall == pytest.approx(0.75)


def test_with_one_digit_alone_there_is_no_area() -> None:
    predictions = answers_of([5, 5], [5, 6])
    assert math.isnan(headline(predictions).auc)
    assert [math.isnan(row.auc) for row in per_class(predictions)] == [True]


def test_one_image_is_enough() -> None:
    assert headline(Predictions(np.ones((1, 10), np.float32), np.array([0]))).summary.images == 1
