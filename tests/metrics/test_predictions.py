import csv
import io

import numpy as np
import pytest
import torch

from digitlab.metrics.predictions import Predictions
from digitlab.metrics.table import HEADER, to_csv
from tests.metrics.conftest import answers_of


def test_probabilities_are_the_softmax_of_the_logits(many: Predictions) -> None:
    expected = torch.softmax(torch.tensor(many.logits, dtype=torch.float64), 1).numpy()
    assert np.allclose(many.probabilities, expected, atol=1e-12)
    assert np.allclose(many.confidence, expected.max(1))


def test_huge_logits_overflow_nowhere() -> None:
    predictions = Predictions(np.array([[1e4] + [-1e4] * 9], np.float32), np.array([0]))
    assert predictions.probabilities[0].tolist() == [1.0] + [0.0] * 9


def test_mistakes_come_most_confident_first() -> None:
    predictions = Predictions(np.diag([3.0, 1.0, 9.0] + [0.0] * 7)[:3], np.array([5, 5, 5]))
    assert predictions.select("wrong").tolist() == [2, 0, 1]


def test_among_all_answers_mistakes_come_first() -> None:
    assert answers_of([1, 2, 3], [1, 2, 4]).select().tolist() == [2, 0, 1]


@pytest.mark.parametrize(
    ("asked", "places"),
    [
        ({"verdict": "right"}, [0, 3]),
        ({"verdict": "wrong", "true": 4}, [1, 2]),
        ({"true": 4, "predicted": 9}, [1]),
        ({"true": 8}, []),
    ],
)
def test_answers_are_chosen_by_verdict_and_digit(asked: dict[str, object], places: list[int]) -> None:
    predictions = answers_of([4, 4, 4, 9], [4, 9, 1, 9])
    assert sorted(predictions.select(**asked).tolist()) == places  # type: ignore[arg-type]


def test_the_table_has_a_line_per_image_in_their_order(many: Predictions) -> None:
    rows = list(csv.reader(io.StringIO(to_csv(many))))
    assert tuple(rows[0]) == HEADER
    assert [int(row[1]) for row in rows[1:]] == many.labels.tolist()
    assert [int(row[2]) for row in rows[1:]] == many.predicted.tolist()
    assert np.allclose([[float(value) for value in row[4:]] for row in rows[1:]], many.probabilities, atol=1e-6)
