"""Fabric's paths and ink: what the canvas with tools shows is what the models get."""

import math
from typing import Any

import numpy as np
import pytest

from digitlab.errors import BadInk
from digitlab.ink.strokes import Drawing
from digitlab.ui.components.canvas_tools import to_drawing, to_fabric

CORNER = [[[60.0, 60.0], [160.0, 60.0], [160.0, 200.0]]]


def canvas(**changes: Any) -> dict[str, Any]:
    """A canvas with one stroke, whose box is 100 wide, 140 high and has its middle at (110, 130)."""
    drawing = to_fabric(Drawing(ink=CORNER, pen_width=20))
    drawing["objects"][0].update(changes)
    return drawing


def points(drawing: Drawing) -> np.ndarray:
    return np.array(drawing.ink[0])


def test_a_drawing_comes_back_the_same() -> None:
    ink = [*CORNER, [[100.0, 100.0]]]
    back = to_drawing(to_fabric(Drawing(ink=ink, pen_width=24)))
    assert back.pen_width == 24
    np.testing.assert_allclose(back.ink[0], ink[0])
    np.testing.assert_allclose(back.ink[1], [ink[1][0]] * 2, atol=0.01)


def test_a_moved_stroke_is_moved() -> None:
    moved = to_drawing(canvas(left=150, top=140))
    np.testing.assert_allclose(points(moved), np.add(CORNER[0], [40, 10]))


def test_a_quarter_turn_turns_about_the_middle() -> None:
    turned = to_drawing(canvas(angle=90))
    np.testing.assert_allclose(points(turned), [[180, 80], [180, 180], [40, 180]], atol=1e-9)


def test_a_scaled_stroke_is_larger_and_its_pen_too() -> None:
    scaled = to_drawing(canvas(scaleX=2, scaleY=0.5))
    np.testing.assert_allclose(points(scaled), [[10, 95], [210, 95], [210, 165]])
    assert scaled.pen_width == pytest.approx(20)


def test_a_flipped_stroke_is_mirrored() -> None:
    flipped = to_drawing(canvas(flipX=True))
    np.testing.assert_allclose(points(flipped), [[160, 60], [60, 60], [60, 200]])


def test_a_skewed_stroke_leans() -> None:
    skewed = to_drawing(canvas(skewX=45))
    np.testing.assert_allclose(points(skewed), [[-10, 60], [90, 60], [230, 200]])


def test_a_curve_follows_its_bend() -> None:
    path = {"path": [["M", 0, 0], ["Q", 50, 100, 100, 0]], "left": 50, "top": 25, "strokeWidth": 18, "type": "Path"}
    drawn = points(to_drawing({"objects": [path]}))
    np.testing.assert_allclose(drawn[0], [0, 0], atol=1e-9)
    np.testing.assert_allclose(drawn[-1], [100, 0], atol=1e-9)
    assert drawn[:, 1].max() == pytest.approx(50)


def test_an_empty_canvas_is_an_empty_drawing() -> None:
    assert to_drawing(None).ink == []
    assert to_drawing({"objects": []}).ink == []


def test_shapes_that_are_no_strokes_are_left_out() -> None:
    assert to_drawing({"objects": [{"type": "Rect", "left": 1}]}).ink == []


@pytest.mark.parametrize(
    "changes",
    [
        {"path": [["Z"]]},
        {"path": []},
        {"path": [["M", "a", 2]]},
        {"left": None},
        {"left": math.nan},
        {"strokeWidth": "x"},
        {"angle": "x"},
        {"path": 7},
    ],
)
def test_a_foreign_path_is_refused_in_one_line(changes: dict[str, Any]) -> None:
    with pytest.raises(BadInk):
        to_drawing(canvas(**changes))
