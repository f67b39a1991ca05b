"""Curves of a training: from the records of a history to points and figures."""

import math

import pytest

from digitlab.figures.curves import curve_figure
from digitlab.figures.durations import duration
from digitlab.figures.live_curves import live_spec, live_table
from digitlab.figures.panels import MOST_POINTS, PANELS, Point, points

LOSS, ACCURACY, _, TIME = PANELS
STEP = {"step": 5, "train_loss": 2.0, "train_accuracy": 0.5, "learning_rate": 0.1}
EPOCH = {"epoch": 1, "step": 10, "train_loss": 1.0, "validation_loss": 1.5, "validation_accuracy": 0.9, "seconds": 3.0}


def test_records_within_an_epoch_stand_between_the_epochs() -> None:
    assert points(LOSS, [STEP, EPOCH], 10) == [
        Point(0.5, 2.0, "training"),
        Point(1.0, 1.0, "training"),
        Point(1.0, 1.5, "validation"),
    ]


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


def test_a_growing_chart_has_the_same_columns_before_its_first_point() -> None:
    none, some = live_table([]), live_table(points(LOSS, [STEP, EPOCH], 10))
    assert none.schema == some.schema
    assert (none.num_rows, some.num_rows) == (0, 3)


def test_a_growing_chart_reaches_over_all_epochs_from_the_start() -> None:
    assert live_spec(LOSS, 7)["encoding"]["x"]["scale"] == {"domain": [0, 7]}
    assert live_spec(LOSS, 0)["encoding"]["x"]["scale"] == {"domain": [0, 1]}


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel.title)
def test_every_panel_has_a_finished_figure(panel: object) -> None:
    figure = curve_figure(panel, points(panel, [STEP, EPOCH], 10), best_epoch=1)  # type: ignore[arg-type]
    assert figure.layout.title.text == panel.title  # type: ignore[attr-defined]
    assert len(figure.data) == len(panel.curves)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("seconds", "words"), [(-1, "0 s"), (41.4, "41 s"), (59.9, "1 min 00 s"), (125, "2 min 05 s"), (3720, "1 h 02 min")]
)
def test_durations_have_their_two_largest_units(seconds: float, words: str) -> None:
    assert duration(seconds).replace("\u202f", " ") == words
