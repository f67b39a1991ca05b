import numpy as np
import pytest
from sklearn import metrics

from digitlab.metrics.curves import Curve, one_against_rest, precision_recall_curves, roc_curves, thinned
from digitlab.metrics.predictions import Predictions
from tests.metrics.conftest import answers_of


def named(curves: list[Curve]) -> dict[str, Curve]:
    return {curve.name: curve for curve in curves}


def test_areas_are_scikit_learns(many: Predictions) -> None:
    truth, scores = one_against_rest(many), many.probabilities
    roc, recall = named(roc_curves(many)), named(precision_recall_curves(many))
    for average in ("micro", "macro"):
        name = f"{average} average"
        assert roc[name].area == pytest.approx(metrics.roc_auc_score(truth, scores, average=average))
        assert recall[name].area == pytest.approx(metrics.average_precision_score(truth, scores, average=average))
    for digit in range(10):
        expected = metrics.roc_auc_score(truth[:, digit], scores[:, digit])
        assert roc[str(digit)].area == pytest.approx(expected)


def test_what_is_drawn_has_the_area_that_is_said(many: Predictions) -> None:
    for curve in roc_curves(many):
        assert metrics.auc(curve.x, curve.y) == pytest.approx(curve.area, abs=2e-3)


def test_curves_run_from_left_to_right_within_the_square(many: Predictions) -> None:
    for curve in roc_curves(many) + precision_recall_curves(many):
        assert (np.diff(curve.x) >= 0).all()
        assert curve.x.min() >= 0
        assert curve.x.max() == 1
        assert 0 <= curve.y.min() <= curve.y.max() <= 1


def test_a_perfect_model_reaches_the_corner() -> None:
    curves = roc_curves(answers_of([1, 2, 3], [1, 2, 3]))
    assert [curve.area for curve in curves] == [1.0] * 5


def test_there_are_no_curves_for_one_digit_alone() -> None:
    predictions = answers_of([5, 5], [5, 6])
    assert roc_curves(predictions) == precision_recall_curves(predictions) == []


def test_thinning_keeps_both_ends_and_few_points() -> None:
    x = np.linspace(0, 1, 10_000)
    thin_x, thin_y = thinned(x, x**2)
    assert len(thin_x) <= 402
    assert (thin_x[0], thin_x[-1], thin_y[-1]) == (0, 1, 1)
    assert np.abs(np.interp(x, thin_x, thin_y) - x**2).max() < 1e-4
