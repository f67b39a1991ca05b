"""A drawing's place on its way to the browser."""

import numpy as np

from digitlab.errors import BadRun
from digitlab.reading.maps import Placed
from digitlab.ui.components.live import Shown
from digitlab.ui.draw.map import live_map

RED, BLUE = Shown("a", "Anna's", "#EE6677"), Shown("b", "b", "#4477AA")


def test_a_place_and_its_neighbours_go_as_numbers() -> None:
    found = Placed("pca", True, np.array([1.23456, -2.0]), [7, 3], [0.1234, 5.0])
    (model,) = live_map({"a": found}, [RED], ())["models"]
    assert (model["point"], model["near"], model["distances"]) == ([1.235, -2.0], [7, 3], [0.12, 5.0])
    assert (model["projection"], model["isMade"], model["title"]) == ("pca", True, "Anna's")


def test_without_a_drawing_there_is_no_place() -> None:
    (model,) = live_map({"a": Placed("tsne", False)}, [RED], ())["models"]
    assert (model["point"], model["near"], model["isMade"]) == (None, [], False)


def test_a_model_that_fails_says_why_beside_the_others() -> None:
    value = {"a": BadRun("The run is damaged. Delete it."), "b": Placed("pca", True)}
    blue, red = live_map(value, [BLUE, RED], ())["models"]
    assert red["trouble"] == "The run is damaged. Delete it."
    assert "trouble" not in blue


def test_without_a_model_it_asks_for_one() -> None:
    assert "Choose a model" in live_map({}, [], ())["about"]
