import numpy as np
import pytest
from sklearn import metrics
from sklearn.calibration import calibration_curve

from digitlab.metrics.calibration import (
    COLDEST,
    HOTTEST,
    Doubt,
    accuracy_by_coverage,
    fit_doubt,
    fit_temperature,
    halves,
    log_loss,
    reliability,
    thinned_coverage,
)
from digitlab.metrics.predictions import Predictions, tempered
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


def answers_with(confidences: list[float], right: list[bool]) -> Predictions:
    """Answers, all of them 0, with these probabilities; the rest is shared by the other digits."""
    sure = np.array(confidences)[:, None]
    logits = np.log(np.concatenate([sure, np.repeat((1 - sure) / 9, 9, axis=1)], axis=1))
    return Predictions(logits, np.where(right, 0, 1))


def test_the_calibration_error_is_the_gaps_mean_weighted_by_images_done_by_hand() -> None:
    """Nine answers of 95 %, six of them right, and one of 55 %, right: 0.9 · |6/9 - 0.95| + 0.1 · |1 - 0.55| = 0.3."""
    predictions = answers_with([0.95] * 9 + [0.55], [True] * 6 + [False] * 3 + [True])
    assert reliability(predictions).images.tolist() == [1, 9]
    assert reliability(predictions).error == pytest.approx(0.3, abs=1e-9)
    unweighted = (abs(6 / 9 - 0.95) + abs(1 - 0.55)) / 2
    assert abs(unweighted - 0.3) > 0.05, "without the weights it would be another number"


def test_the_fitted_temperature_undoes_what_made_the_model_too_sure() -> None:
    assert fit_temperature(calibrated(4000, 2.0)) == pytest.approx(2.0, rel=0.05)
    assert fit_temperature(calibrated(4000, 0.5)) == pytest.approx(0.5, rel=0.05)


def test_no_other_temperature_has_less_loss(many: Predictions) -> None:
    fitted = fit_temperature(many)
    assert fitted is not None
    least = log_loss(tempered(many, fitted))
    assert all(least <= log_loss(tempered(many, heat)) + 1e-9 for heat in np.geomspace(COLDEST, HOTTEST, 60))


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
    assert log_loss(many) == pytest.approx(metrics.log_loss(many.labels, many.probabilities))


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


def overconfident(count: int = 2000) -> Predictions:
    """Answers whose logits are three times what their accuracy warrants: for a shift of 3, that is 3 times them."""
    random = np.random.default_rng(0)
    labels = random.integers(0, 10, count)
    logits = random.normal(0, 1, (count, 10))
    logits[np.arange(count), labels] += 3
    return Predictions(9 * logits, labels)


def test_the_temperature_makes_the_probabilities_honest() -> None:
    answers = overconfident()
    doubt = fit_doubt(answers)
    assert 2 < doubt.temperature < 4
    assert log_loss(tempered(answers, doubt.temperature)) < log_loss(answers)


def test_one_in_a_hundred_of_the_rightly_read_digits_falls_below_the_threshold() -> None:
    answers = overconfident()
    doubt = fit_doubt(answers)
    sure = tempered(answers, doubt.temperature)
    assert (sure.confidence[sure.right] < doubt.threshold).mean() == pytest.approx(0.01, abs=0.002)
    assert (sure.confidence[~sure.right] < doubt.threshold).mean() > 0.02


def test_a_handful_of_images_says_nothing() -> None:
    few = overconfident(49)
    assert fit_doubt(few) == Doubt(1.0, 0.0)


def test_a_model_that_is_never_right_is_not_asked() -> None:
    answers = overconfident()
    assert fit_doubt(Predictions(answers.logits, (answers.predicted + 1) % 10)) == Doubt()
