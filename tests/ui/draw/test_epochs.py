"""The time machine's numbers on their way to the browser."""

import numpy as np

from digitlab.errors import BadRun
from digitlab.reading.epochs import EpochReadings
from digitlab.ui.components.live import Shown
from digitlab.ui.draw.epochs import live_epochs

RED, BLUE = Shown("a", "Anna's", "#EE6677"), Shown("b", "b", "#4477AA")


def readings(epochs: list[int], of: int | None = None, drawn: bool = True) -> EpochReadings:
    rows = np.full((len(epochs), 10), 0.1, np.float32)
    return EpochReadings(epochs, rows if drawn else None, epochs[-1], of or len(epochs), "1-2-3")


def test_probabilities_go_in_thousandths_one_row_for_each_epoch() -> None:
    (model,) = live_epochs({"a": readings([0, 2, 5])}, [RED], ())["models"]
    assert model["epochs"] == [0, 2, 5]
    assert model["shares"] == [[100] * 10] * 3
    assert (model["title"], model["colour"], model["chosen"]) == ("Anna's", "#EE6677", 5)
    assert model["note"] == ""


def test_while_nothing_is_drawn_there_are_epochs_and_no_rows() -> None:
    (model,) = live_epochs({"a": readings([0, 2], drawn=False)}, [RED], ())["models"]
    assert model["shares"] is None
    assert model["epochs"] == [0, 2]


def test_models_come_in_the_order_asked_and_one_that_fails_says_why() -> None:
    value = {"a": BadRun("The run is damaged. Delete it."), "b": readings([0, 1])}
    blue, red = live_epochs(value, [BLUE, RED], ())["models"]
    assert blue["title"] == "b"
    assert red["trouble"] == "The run is damaged. Delete it."


def test_a_model_without_snapshots_says_how_to_get_them() -> None:
    (model,) = live_epochs({"a": readings([4])}, [RED], ())["models"]
    assert "no snapshots" in model["note"]
    assert "Train one like it" in model["note"]


def test_left_out_epochs_are_said() -> None:
    (model,) = live_epochs({"a": readings([0, 20, 40], of=41)}, [RED], ())["models"]
    assert model["note"].startswith("3 of its 41 snapshots")


def test_without_a_model_it_asks_for_one() -> None:
    assert "Choose a model" in live_epochs({}, [], ())["about"]
