import math

import numpy as np
import pytest
from sklearn import metrics

from digitlab.metrics.headline import headline
from digitlab.metrics.per_class import per_class
from digitlab.metrics.predictions import Predictions
from tests.metrics.conftest import answers_of


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
