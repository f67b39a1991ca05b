"""Curves of a training: from the records of a history to points and figures."""

import math

import pytest

from digitlab.figures.training import (
    GRADIENT_NORM,
    MOST_POINTS,
    PANELS,
    WEIGHT_NORM,
    Point,
    curve_figure,
    has_norm,
    norm_figure,
    points,
    smooth,
)

LOSS, ACCURACY, _, TIME = PANELS
STEP = {"step": 5, "train_loss": 2.0, "train_accuracy": 0.5, "learning_rate": 0.1}
EPOCH = {"epoch": 1, "step": 10, "train_loss": 1.0, "validation_loss": 1.5, "validation_accuracy": 0.9, "seconds": 3.0}


def test_records_within_an_epoch_stand_between_the_epochs() -> None:
    later = {**EPOCH, "epoch": 2, "step": 20, "train_loss": 0.5}
    assert points(LOSS, [STEP, EPOCH, later], 10) == [
        Point(0.5, 2.0, "training"),
        Point(1.0, 1.5, "validation"),
        Point(2.0, 0.5, "training"),
        Point(2.0, 1.5, "validation"),
    ]


def test_an_epochs_mean_draws_no_tooth_behind_the_points_within_it() -> None:
    """The loss falls throughout; the mean of the epoch, 1.5, would stand behind its last point, 0.5."""
    within = [{"step": step, "train_loss": 2.6 - step / 5} for step in range(1, 11)]
    curve = [p.value for p in points(LOSS, [*within, {**EPOCH, "train_loss": 1.5}], 10) if p.part == "training"]
    assert curve == sorted(curve, reverse=True)


def test_smoothing_is_tensorboards() -> None:
    assert smooth([3.0, 1.0, 2.0], 0.0) == [3.0, 1.0, 2.0]
    first, second = 3.0, (0.6 * 0.4 * 3.0 + 0.4 * 1.0) / (1 - 0.6**2)
    assert smooth([3.0, 1.0], 0.6) == pytest.approx([first, second])
    assert smooth([2.0] * 9, 0.99) == pytest.approx([2.0] * 9), "corrected for its beginning at nothing"
    assert smooth([], 0.5) == []


def test_accuracies_are_percentages_and_times_belong_to_whole_epochs() -> None:
    assert points(ACCURACY, [EPOCH], 10) == [Point(1.0, 90.0, "validation")]
    assert points(TIME, [STEP, EPOCH], 10) == [Point(1.0, 3.0, "training")]


@pytest.mark.parametrize("value", [math.nan, math.inf, "high", None, True, [1]])
def test_what_is_no_finite_number_is_left_out(value: object) -> None:
    assert points(TIME, [{**EPOCH, "seconds": value}, {**EPOCH, "epoch": value}], 10) == []


def test_a_long_history_is_thinned_and_keeps_its_epochs() -> None:
    steps = [{**STEP, "step": step} for step in range(10 * MOST_POINTS)]
    shown = points(LOSS, [*steps, EPOCH], 10)
    assert len(shown) <= MOST_POINTS + 2
    assert Point(1.0, 1.5, "validation") in shown


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel.title)
def test_every_panel_has_a_finished_figure(panel: object) -> None:
    figure = curve_figure(panel, points(panel, [STEP, EPOCH], 10), chosen_epoch=1)  # type: ignore[arg-type]
    assert figure.layout.title.text == panel.title  # type: ignore[attr-defined]
    assert len(figure.data) == len(panel.curves)  # type: ignore[attr-defined]


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
