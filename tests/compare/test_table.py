import math

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, f1_score, roc_auc_score

from digitlab.compare.costs import Costs
from digitlab.compare.table import Row, cost_rows, file_size, metric_rows
from digitlab.metrics.headline import Headline, headline
from digitlab.metrics.predictions import Predictions


@pytest.fixture
def predictions() -> list[Predictions]:
    random = np.random.default_rng(0)
    labels = random.integers(0, 10, 300)
    noise = random.normal(size=(2, 300, 10)).astype(np.float32)
    return [Predictions(noise[0] + strength * np.eye(10)[labels], labels) for strength in (1.0, 3.0)]


def row(rows: list[Row], name: str) -> Row:
    return next(row for row in rows if row.name == name)


def test_the_values_are_those_of_scikit_learn(predictions: list[Predictions]) -> None:
    rows = metric_rows([headline(one) for one in predictions])
    for place, one in enumerate(predictions):
        accuracy = accuracy_score(one.labels, one.predicted)
        assert row(rows, "Accuracy").values[place] == f"{100 * accuracy:.2f}\u202f%"
        f1 = f1_score(one.labels, one.predicted, average="macro")
        assert row(rows, "Macro F1").values[place] == f"{100 * f1:.2f}\u202f%"
        auc = roc_auc_score(one.labels, one.probabilities, multi_class="ovr", average="macro")
        assert row(rows, "Macro AUC").values[place] == f"{auc:.5f}"


def test_the_best_is_the_highest_accuracy_and_the_lowest_loss(predictions: list[Predictions]) -> None:
    rows = metric_rows([headline(one) for one in predictions])
    assert row(rows, "Accuracy").best == {1}
    assert row(rows, "Mistakes").best == {1}
    assert row(rows, "Loss").best == {1}
    assert row(rows, "95 % interval").best == frozenset()


def test_equal_values_have_no_best(predictions: list[Predictions]) -> None:
    rows = metric_rows([headline(predictions[0])] * 2)
    assert all(not row.best for row in rows)


def test_a_model_without_scores_has_dashes_and_is_never_the_best(predictions: list[Predictions]) -> None:
    known: list[Headline | None] = [headline(one) for one in predictions]
    rows = metric_rows([None, *known])
    assert {row.values[0] for row in rows} == {"–"}
    assert all(0 not in row.best for row in rows)


def test_a_figure_that_is_not_a_number_is_a_dash() -> None:
    one_digit = headline(Predictions(np.eye(10, dtype=np.float32)[[3, 3]], np.array([3, 3])))
    assert math.isnan(one_digit.auc)
    assert row(metric_rows([one_digit, one_digit]), "Macro AUC").values == ("–", "–")


def test_costs_are_written_with_their_units() -> None:
    rows = cost_rows([Costs(7850, 31_760, 23.4, 0.034), Costs(165_394, 2_345_678, None, 1.26), None])
    assert row(rows, "Parameters").values == ("7,850", "165,394", "–")
    assert row(rows, "File size").values == ("32\u202fkB", "2.3\u202fMB", "–")
    assert row(rows, "Training time").values == ("23\u202fs", "–", "–")
    assert row(rows, "Time per image").values == ("0.03\u202fms", "1.3\u202fms", "–")
    assert row(rows, "Time per image").best == {0}


def test_sizes_are_in_kb_below_a_megabyte() -> None:
    assert file_size(999_400) == "999\u202fkB"
    assert file_size(1_000_000) == "1.0\u202fMB"
