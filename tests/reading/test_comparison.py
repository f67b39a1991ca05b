import math
from collections.abc import Callable

import numpy as np
import pytest
from scipy.stats import binomtest
from sklearn.metrics import accuracy_score, f1_score, roc_auc_score

from digitlab.glossary import hint
from digitlab.metrics.predictions import Predictions
from digitlab.metrics.summary import Headline, headline
from digitlab.reading.comparison import (
    Costs,
    Row,
    Score,
    best_scores,
    cost_rows,
    costs_of,
    metric_rows,
    recorded_score,
    score_of,
)
from digitlab.reading.predictor import Predictor
from digitlab.runs.results import Results
from digitlab.runs.run import Run


def test_costs_are_measured_on_the_run_itself(make_run: Callable[..., Run]) -> None:
    run = make_run(model="softmax")
    costs = costs_of(run, Predictor(run))
    assert costs.parameters == 7850
    assert costs.bytes == run.weights.stat().st_size
    assert costs.seconds is None
    assert 0 < costs.milliseconds < 1000


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
    for number, one in enumerate(predictions):
        accuracy = accuracy_score(one.labels, one.predicted)
        assert row(rows, "Accuracy").values[number] == f"{100 * accuracy:.2f}\u202f%"
        f1 = f1_score(one.labels, one.predicted, average="macro")
        assert row(rows, "Macro F1").values[number] == f"{100 * f1:.2f}\u202f%"
        auc = roc_auc_score(one.labels, one.probabilities, multi_class="ovr", average="macro")
        assert row(rows, "Macro AUC").values[number] == f"{auc:.5f}"


def test_the_rows_are_explained_by_the_glossary(predictions: list[Predictions]) -> None:
    rows = metric_rows([headline(one) for one in predictions])
    assert row(rows, "Accuracy").help == hint("accuracy")
    for term in ("precision", "recall", "F1", "AUC"):
        assert hint(term) in row(rows, f"Macro {term}").help


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


def test_a_score_has_wilsons_interval() -> None:
    score = score_of(np.array([True] * 12 + [False]))
    interval = binomtest(12, 13).proportion_ci(0.95, method="wilson")
    assert score == Score(12 / 13, 13, (interval.low, interval.high))
    assert score.in_words() == "12 of 13 images read right; 95 % interval 66.69 to 98.63\u202f%"


def test_no_answers_have_no_score() -> None:
    assert score_of(np.zeros(0, bool)) is None


def test_a_recorded_score_is_read() -> None:
    results: Results = {"test": {"mnist": {"images": 100, "accuracy": 0.5, "mistakes": 50, "interval": (0.4, 0.6)}}}
    assert recorded_score(results, "mnist") == Score(0.5, 100, (0.4, 0.6))


@pytest.mark.parametrize("results", [{}, {"test": {}}])
def test_results_without_a_score_have_none(results: Results) -> None:
    assert recorded_score(results, "mnist") is None


def test_the_best_are_all_that_share_the_highest_accuracy() -> None:
    high, low = Score(0.9, 10, (0.6, 1.0)), Score(0.8, 10, (0.5, 0.9))
    assert best_scores([low, high, None, high]) == {1, 3}
    assert best_scores([high, high]) == frozenset()
    assert best_scores([None, high]) == frozenset()
    assert best_scores([]) == frozenset()
