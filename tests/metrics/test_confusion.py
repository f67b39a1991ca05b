import numpy as np
from sklearn.metrics import confusion_matrix

from digitlab.metrics.confusion import commonest_confusions, confusion_counts, confusion_shares
from digitlab.metrics.predictions import Predictions
from tests.metrics.conftest import answers_of


def test_the_matrix_is_scikit_learns(many: Predictions) -> None:
    assert np.array_equal(confusion_counts(many), confusion_matrix(many.labels, many.predicted))
    assert np.allclose(confusion_shares(many).sum(1), 1)


def test_true_digits_are_rows_and_predicted_digits_columns() -> None:
    counts = confusion_counts(answers_of([4], [9]))
    assert counts.shape == (10, 10)
    assert counts[4, 9] == counts.sum() == 1


def test_a_digit_without_images_has_no_shares() -> None:
    shares = confusion_shares(answers_of([4], [9]))
    assert not shares[5].any()
    assert np.isfinite(shares).all()


def test_the_commonest_confusions_come_first_and_right_answers_never() -> None:
    found = commonest_confusions(answers_of([4, 4, 4, 4, 7], [9, 9, 4, 4, 1]))
    assert [(one.true, one.predicted, one.images, one.share) for one in found] == [(4, 9, 2, 0.5), (7, 1, 1, 1.0)]


def test_a_model_without_mistakes_has_no_confusions() -> None:
    assert commonest_confusions(answers_of([1, 2], [1, 2])) == []
