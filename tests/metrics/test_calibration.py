import numpy as np
import pytest
from sklearn.calibration import calibration_curve
from sklearn.metrics import log_loss

from digitlab.metrics.calibration import COLDEST, HOTTEST, fit_temperature, halves, loss, reliability, tempered
from digitlab.metrics.coverage import accuracy_by_coverage, thinned_coverage
from digitlab.metrics.predictions import Predictions
from tests.metrics.conftest import answers_of


def calibrated(images: int, heat: float) -> Predictions:
    """Answers that are right exactly as often as they claim, then made surer by a factor."""
    random = np.random.default_rng(0)
    logits = random.normal(0, 2, (images, 10))
    labels = (logits + random.gumbel(size=logits.shape)).argmax(1)  # draws a digit with its own probability
    return Predictions(logits * heat, labels)


def test_bins_are_scikit_learns_and_hold_every_image(many: Predictions) -> None:
    bins = reliability(many)
    accuracy, confidence = calibration_curve(many.right, many.confidence, n_bins=15)
    assert np.array_equal(bins.accuracy, accuracy)
    assert np.array_equal(bins.confidence, confidence)
    assert bins.images.sum() == len(many)
    assert len(bins.images) == len(accuracy)


def test_the_error_is_the_weighted_gap_done_by_hand() -> None:
    sure = np.array([0.95, 0.95, 0.55, 0.55])  # right, wrong; right, right
    logits = np.log(np.concatenate([sure[:, None], np.repeat((1 - sure[:, None]) / 9, 9, axis=1)], axis=1))
    predictions = Predictions(logits, np.array([0, 1, 0, 0]))
    assert reliability(predictions).error == pytest.approx((2 * abs(0.5 - 0.95) + 2 * abs(1 - 0.55)) / 4)


def test_the_fitted_temperature_undoes_what_made_the_model_too_sure() -> None:
    assert fit_temperature(calibrated(4000, 2.0)) == pytest.approx(2.0, rel=0.05)
    assert fit_temperature(calibrated(4000, 0.5)) == pytest.approx(0.5, rel=0.05)


def test_no_other_temperature_has_less_loss(many: Predictions) -> None:
    fitted = fit_temperature(many)
    assert fitted is not None
    least = loss(tempered(many, fitted))
    assert all(least <= loss(tempered(many, heat)) + 1e-9 for heat in np.geomspace(COLDEST, HOTTEST, 60))


def test_a_temperature_changes_no_answer(many: Predictions) -> None:
    assert np.array_equal(tempered(many, 3.0).predicted, many.predicted)


def test_few_images_fit_nothing() -> None:
    assert fit_temperature(answers_of([1, 2], [1, 2])) is None


def test_the_halves_share_no_image_and_leave_none_out(many: Predictions) -> None:
    first, second = halves(many)
    assert len(first) + len(second) == len(many)
    assert np.array_equal(first.labels, many.labels[::2])
    assert np.array_equal(second.logits, many.logits[1::2])


def test_the_loss_is_scikit_learns(many: Predictions) -> None:
    assert loss(many) == pytest.approx(log_loss(many.labels, many.probabilities))


def test_coverage_by_hand() -> None:
    logits = np.eye(10)[[1, 2, 3, 4]] * np.array([[9], [7], [5], [3]])
    coverage = accuracy_by_coverage(Predictions(logits, np.array([1, 2, 0, 4])))
    assert coverage.share.tolist() == [0.25, 0.5, 0.75, 1.0]
    assert coverage.accuracy.tolist() == pytest.approx([1, 1, 2 / 3, 3 / 4])
    assert coverage.at_accuracy(1.0) == (0.5, pytest.approx(coverage.least[1]))
    assert coverage.at_accuracy(0.7) == (1.0, pytest.approx(coverage.least[3]))


def test_an_accuracy_that_is_never_reached_has_no_coverage() -> None:
    assert accuracy_by_coverage(answers_of([1, 2], [2, 1])).at_accuracy(0.5) is None


def test_the_last_point_of_a_thinned_coverage_is_the_accuracy_on_all_images(many: Predictions) -> None:
    thin = thinned_coverage(accuracy_by_coverage(many))
    assert len(thin.share) <= 300
    assert (thin.share[-1], thin.accuracy[-1]) == (1.0, pytest.approx(many.right.mean()))
