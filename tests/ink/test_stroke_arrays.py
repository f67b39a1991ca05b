import numpy as np
import pytest

from digitlab.errors import BlankDrawing
from digitlab.ink.stroke_arrays import as_strokes

SEVEN = [[[0.0, 0.0], [40.0, 0.0], [20.0, 60.0]], [[10.0, 30.0], [35.0, 30.0]]]
DOT = [[[5.0, 5.0]]]


def test_each_drawing_is_scaled_so_that_its_longer_side_is_1_around_0() -> None:
    strokes = as_strokes([SEVEN, [[[-3.0, 0.0], [7.0, 1.0]]]])
    for number, (wide, high) in enumerate([(2 / 3, 1), (1, 0.1)]):
        points = strokes.points[strokes.drawing[strokes.stroke] == number]
        assert np.allclose([points.min(0), points.max(0)], [[-wide / 2, -high / 2], [wide / 2, high / 2]], atol=1e-6)


def test_long_lines_are_divided_and_keep_their_place() -> None:
    points = as_strokes([[[[0, 0], [100, 50]]]]).points
    assert len(points) == 11  # 1.118 long, pieces of at most 0.12
    assert np.allclose(points, np.linspace([-0.5, -0.25], [0.5, 0.25], 11), atol=1e-6)


def test_a_line_leads_to_the_next_point_of_its_own_stroke_only() -> None:
    strokes = as_strokes([[[[0, 0], [1, 0], [0, 1]], [], [[5, 5]]], DOT])
    ends = np.flatnonzero(strokes.next == np.arange(len(strokes.points)))
    assert strokes.stroke[ends].tolist() == [0, 1, 2]
    assert strokes.drawing.tolist() == [0, 0, 1]
    assert strokes.drawings == 2
    assert strokes.first.tolist() == [0, ends[0] + 1, ends[1] + 1]


def test_a_dot_keeps_its_point_and_far_drawings_their_form() -> None:
    far = [[[x + 1e6, y - 1e6] for x, y in stroke] for stroke in SEVEN]
    assert np.allclose(as_strokes([far]).points, as_strokes([SEVEN]).points, atol=1e-6)
    assert as_strokes([DOT]).points.tolist() == [[0, 0]]


def test_no_drawings_are_no_strokes() -> None:
    assert as_strokes([]).drawings == 0


@pytest.mark.parametrize("inks", [[SEVEN, []], [[[], []], SEVEN]])
def test_a_drawing_without_a_point_is_refused(inks: list[list[list[list[float]]]]) -> None:
    with pytest.raises(BlankDrawing, match="no ink"):
        as_strokes(inks)
