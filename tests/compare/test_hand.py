import numpy as np
import pytest
from scipy.stats import binomtest

from digitlab.compare.hand import Score, best_places, recorded_score, score_of


def test_a_score_has_wilsons_interval() -> None:
    score = score_of(np.array([True] * 12 + [False]))
    interval = binomtest(12, 13).proportion_ci(0.95, method="wilson")
    assert score == Score(12 / 13, 13, (interval.low, interval.high))
    assert score.in_words() == "12 of 13 images read right; 95 % interval 66.69 to 98.63\u202f%"


def test_no_answers_have_no_score() -> None:
    assert score_of(np.zeros(0, bool)) is None


def test_a_recorded_score_is_read() -> None:
    results = {"test": {"mnist": {"images": 100, "accuracy": 0.5, "interval": [0.4, 0.6], "loss": 1.0}}}
    assert recorded_score(results, "mnist") == Score(0.5, 100, (0.4, 0.6))


@pytest.mark.parametrize(
    "results",
    [
        {},
        {"test": {}},
        {"test": None},
        {"test": {"mnist": {"accuracy": 0.5}}},
        {"test": {"mnist": {"images": 1, "accuracy": "high", "interval": [0, 1]}}},
        {"test": {"mnist": {"images": 1, "accuracy": 0.5, "interval": [0]}}},
    ],
)
def test_results_without_a_sensible_score_have_none(results: dict[str, object]) -> None:
    assert recorded_score(results, "mnist") is None


def test_the_best_are_all_that_share_the_highest_accuracy() -> None:
    high, low = Score(0.9, 10, (0.6, 1.0)), Score(0.8, 10, (0.5, 0.9))
    assert best_places([low, high, None, high]) == {1, 3}
    assert best_places([high, high]) == frozenset()
    assert best_places([None, high]) == frozenset()
    assert best_places([]) == frozenset()
