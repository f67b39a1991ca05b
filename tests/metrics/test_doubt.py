import numpy as np
import pytest

from digitlab.metrics.calibration import loss, tempered
from digitlab.metrics.doubt import Doubt, fit_doubt
from digitlab.metrics.predictions import Predictions


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
    assert loss(tempered(answers, doubt.temperature)) < loss(answers)


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
