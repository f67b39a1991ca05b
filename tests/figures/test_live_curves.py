"""Growing charts: their tables and descriptions."""

import pytest

from digitlab.figures.live_curves import live_spec, live_table
from digitlab.figures.style import MODELS
from digitlab.figures.training import PANELS, points

LOSS, RATE = PANELS[0], PANELS[2]
STEP = {"step": 5, "train_loss": 2.0, "learning_rate": 0.1}
EPOCHS = [
    {"epoch": 1, "step": 10, "train_loss": 1.0, "validation_loss": 1.5, "learning_rate": 0.3},
    {"epoch": 2, "step": 20, "train_loss": 0.5, "validation_loss": 0.5, "learning_rate": 0.2},
]


def test_a_growing_chart_has_the_same_columns_before_its_first_point() -> None:
    none, some = live_table(LOSS, {"a": []}), live_table(LOSS, {"a": points(LOSS, [STEP, *EPOCHS], 10)})
    assert none.schema == some.schema
    assert (none.num_rows, some.num_rows) == (0, 4)


def test_a_growing_chart_reaches_over_all_epochs_from_the_start() -> None:
    assert live_spec(LOSS, 7)["encoding"]["x"]["scale"] == {"domain": [0, 7]}
    assert live_spec(LOSS, 0)["encoding"]["x"]["scale"] == {"domain": [0, 1]}


def test_smoothing_keeps_the_curve_as_it_is_beside_the_smooth_one() -> None:
    curves = {"a": points(LOSS, EPOCHS, 10)}
    rows = live_table(LOSS, curves, 0.5).to_pylist()
    validation = [(row["raw"], row["value"]) for row in rows if row["part"] == "validation"]
    assert validation == [(1.5, 1.5), (0.5, pytest.approx((0.25 * 1.5 + 0.5 * 0.5) / 0.75))]


def test_a_schedule_is_never_smoothed() -> None:
    rows = live_table(RATE, {"a": points(RATE, [STEP, *EPOCHS], 10)}, 0.9).to_pylist()
    assert [row["value"] for row in rows] == [0.1, 0.3, 0.2]


def test_smoothing_leaves_the_description_alone_so_that_the_chart_keeps_its_zoom() -> None:
    lines = [layer for layer in live_spec(LOSS, 3)["layer"] if layer["mark"]["type"] == "line"]
    assert [line["mark"].get("opacity") for line in lines] == [0.3, None]


def test_several_runs_lie_over_each_other_in_a_colour_each() -> None:
    table = live_table(LOSS, {"a": points(LOSS, EPOCHS, 10), "b": points(LOSS, EPOCHS[:1], 10)})
    assert [row["run"] for row in table.to_pylist()] == ["a"] * 4 + ["b"] * 2
    colour = live_spec(LOSS, 3, ["a", "b"])["encoding"]["color"]
    assert colour["field"] == "run"
    assert colour["scale"] == {"domain": ["a", "b"], "range": list(MODELS[:2])}
