import csv
import io

import numpy as np
import pytest
import torch
from sklearn import metrics

from digitlab.metrics.predictions import HEADER, Predictions, to_csv, to_probabilities
from tests.metrics.conftest import answers_of


def test_probabilities_are_the_softmax_of_the_logits(many: Predictions) -> None:
    expected = torch.softmax(torch.tensor(many.logits, dtype=torch.float64), 1).numpy()
    assert np.allclose(many.probabilities, expected, atol=1e-12)
    assert np.allclose(many.confidence, expected.max(1))


def test_huge_logits_overflow_nowhere() -> None:
    predictions = Predictions(np.array([[1e4] + [-1e4] * 9], np.float32), np.array([0]))
    assert predictions.probabilities[0].tolist() == [1.0] + [0.0] * 9


def test_probabilities_add_up_to_one_even_for_extreme_scores() -> None:
    logits = np.array([[1e4] + [0] * 9, [-1e4] * 10, [3e38] + [-3e38] * 9], np.float32)
    probabilities = to_probabilities(logits)
    assert probabilities.dtype == np.float64
    assert probabilities.sum(1) == pytest.approx([1, 1, 1])
    assert probabilities[1] == pytest.approx([0.1] * 10)


def test_mistakes_come_most_confident_first() -> None:
    predictions = Predictions(np.diag([3.0, 1.0, 9.0] + [0.0] * 7)[:3], np.array([5, 5, 5]))
    assert predictions.select("wrong").tolist() == [2, 0, 1]


def test_among_all_answers_mistakes_come_first() -> None:
    assert answers_of([1, 2, 3], [1, 2, 4]).select().tolist() == [2, 0, 1]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"verdict": "right"}, [0, 3]),
        ({"verdict": "wrong", "true": 4}, [1, 2]),
        ({"true": 4, "predicted": 9}, [1]),
        ({"true": 8}, []),
    ],
)
def test_answers_are_chosen_by_verdict_and_digit(asked: dict[str, object], found: list[int]) -> None:
    predictions = answers_of([4, 4, 4, 9], [4, 9, 1, 9])
    assert sorted(predictions.select(**asked).tolist()) == found  # type: ignore[arg-type]


def test_the_table_has_a_line_per_image_in_their_order(many: Predictions) -> None:
    rows = list(csv.reader(io.StringIO(to_csv(many))))
    assert tuple(rows[0]) == HEADER
    assert [int(row[1]) for row in rows[1:]] == many.labels.tolist()
    assert [int(row[2]) for row in rows[1:]] == many.predicted.tolist()
    assert np.allclose(
        [[float(value) for value in row[4:]] for row in rows[1:]], many.probabilities, rtol=1e-12, atol=0
    )


def test_auc_and_log_loss_are_the_same_from_the_table_as_from_the_logits() -> None:
    """Some answers are so sure that their probabilities have a dozen zeros or nines, which a rounded table loses."""
    random = np.random.default_rng(5)
    labels = random.integers(0, 10, 400)
    logits = random.normal(0, 1, (400, 10)) + 3 * np.eye(10)[labels]
    logits[::7] *= 8
    rows = list(csv.DictReader(io.StringIO(to_csv(Predictions(logits, labels)))))
    read = np.array([[float(row[f"p{digit}"]) for digit in range(10)] for row in rows])
    true = np.array([int(row["true"]) for row in rows])
    assert read.min() < 1e-9

    by_hand = (np.log(np.exp(logits).sum(1)) - logits[np.arange(400), labels]).mean()
    assert -np.log(read[np.arange(400), true]).mean() == pytest.approx(by_hand, abs=1e-9)
    expected = metrics.roc_auc_score(labels, to_probabilities(logits), multi_class="ovr")
    assert metrics.roc_auc_score(true, read / read.sum(1, keepdims=True), multi_class="ovr") == pytest.approx(
        expected, abs=1e-9
    )
    assert [float(row["confidence"]) for row in rows] == read.max(1).tolist()
