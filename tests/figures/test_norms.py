from digitlab.figures.norms import GRADIENT_NORM, WEIGHT_NORM, has_norm, norm_figure

HISTORY = [
    {"epoch": 1, WEIGHT_NORM: 2.0},
    {"epoch": 2, WEIGHT_NORM: float("nan")},
    {"epoch": 3, WEIGHT_NORM: 2.5},
    {"epoch": 4},
]


def test_epochs_without_a_finite_norm_are_left_out() -> None:
    (curve,) = norm_figure(HISTORY, WEIGHT_NORM, "#4477AA").data
    assert list(curve.x) == [1, 3]
    assert list(curve.y) == [2.0, 2.5]


def test_a_history_says_whether_it_has_a_norm() -> None:
    assert has_norm(HISTORY, WEIGHT_NORM)
    assert not has_norm(HISTORY, GRADIENT_NORM)
    assert not has_norm([], WEIGHT_NORM)
