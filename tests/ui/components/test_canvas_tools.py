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
        {"angle": "x"},
        {"path": 7},
    ],
)
def test_a_foreign_path_is_refused_in_one_line(changes: dict[str, Any]) -> None:
    with pytest.raises(BadInk):
        to_drawing(canvas(**changes))


@pytest.mark.parametrize("width", [0, 1e6, math.nan, math.inf, None, "18", True, 10**400])
def test_the_pen_of_a_path_is_checked_like_that_of_the_pad(width: object) -> None:
    with pytest.raises(BadInk, match=r"pen width is .* must be a number from 1 to 100"):
        to_drawing(canvas(strokeWidth=width))


def test_a_stroke_made_very_large_or_small_keeps_a_pen_that_can_be_drawn_with() -> None:
    assert to_drawing(canvas(scaleX=50, scaleY=50)).pen_width == 100
    assert to_drawing(canvas(scaleX=0.001, scaleY=0.001)).pen_width == 1


@pytest.mark.parametrize("changes", [{"scaleX": math.inf}, {"angle": math.nan}, {"scaleX": 10**400}, {"scaleX": "x"}])
def test_a_path_that_is_scaled_or_turned_by_no_number_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(BadInk):
        to_drawing(canvas(**changes))


@pytest.mark.parametrize(
    "value", [1, "x", [1], {"objects": None}, {"objects": [None]}, {"objects": 5}, {"objects": "ab"}]
)
def test_what_is_no_canvas_is_refused_in_one_line(value: object) -> None:
    with pytest.raises(BadInk, match="no canvas that can be read"):
        to_drawing(value)


@pytest.mark.parametrize("path", [{"path": [None]}, {"path": [[]]}, {"path": "MQL"}, {"path": None}, {"path": [["M"]]}])
def test_a_path_of_anything_but_commands_is_refused(path: dict[str, Any]) -> None:
    with pytest.raises(BadInk, match="path that cannot be read"):
        to_drawing(canvas(**path))


def test_curves_count_as_the_points_that_they_become_before_any_is_made() -> None:
    path = [["M", 0, 0], *[["Q", 1, 1, 2, 2]] * 4000]
    with pytest.raises(BadInk, match="24,001 points; at most 20,000"):
        to_drawing(canvas(path=path))


def test_a_canvas_with_too_many_objects_is_refused() -> None:
    with pytest.raises(BadInk, match="20,001 objects"):
        to_drawing({"objects": [{}] * 20_001})
