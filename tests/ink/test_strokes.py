import math

import numpy as np
import pytest

from digitlab.errors import BadInk, BlankDrawing
from digitlab.ink.strokes import CANVAS, FARTHEST, MOST_POINTS, PEN_WIDTH, check_ink, draw_ink, fit_ink

SEVEN = [[[60, 60], [200, 60], [120, 220]], [[90, 140], [180, 140]]]


def test_good_ink_comes_back_as_plain_floats() -> None:
    checked = check_ink([[[1, 2], (3.5, 4)]])
    assert checked == [[[1.0, 2.0], [3.5, 4.0]]]
    assert all(type(c) is float for point in checked[0] for c in point)


def test_empty_strokes_are_dropped() -> None:
    assert check_ink([[], [[1, 2]], []]) == [[[1.0, 2.0]]]
    assert check_ink([]) == []


@pytest.mark.parametrize("value", [None, "ink", 7, {}, {"strokes": []}, [1], [[1, 2]], ["ab"], [None]])
def test_values_that_are_no_list_of_strokes_are_refused(value: object) -> None:
    with pytest.raises(BadInk):
        check_ink(value)


@pytest.mark.parametrize(
    "point",
    [
        [],
        [1],
        [1, 2, 3],
        [1, "2"],
        [1, None],
        [True, 1],
        "ab",
        [math.nan, 1],
        [1, math.inf],
        [1e6 + 1, 0],
        [10**400, 0],
    ],
)
def test_points_that_are_no_two_finite_numbers_are_refused(point: object) -> None:
    with pytest.raises(BadInk, match="two finite numbers"):
        check_ink([[[0, 0], point]])


def test_the_farthest_coordinates_are_still_ink() -> None:
    assert check_ink([[[1e6, -1e6]]]) == [[[1e6, -1e6]]]


def test_as_many_points_as_allowed_are_read_and_one_more_is_refused() -> None:
    assert len(check_ink([[[1, 1]] * MOST_POINTS])[0]) == MOST_POINTS
    with pytest.raises(BadInk, match="20001 points; at most 20000"):
        check_ink([[[1, 1]] * MOST_POINTS, [[1, 1]]])


def test_the_error_for_foreign_ink_stays_short() -> None:
    with pytest.raises(BadInk) as caught:
        check_ink("x" * 10**6)
    assert len(str(caught.value)) < 200


def test_a_drawing_is_twice_the_canvas_and_white_on_black() -> None:
    picture = draw_ink(SEVEN)
    assert picture.shape == (2 * CANVAS, 2 * CANVAS)
    assert picture.dtype == np.uint8
    assert picture[0, 0] == 0
    assert picture[120, 250] == 255


def test_a_wide_canvas_gives_a_wide_picture() -> None:
    assert draw_ink(SEVEN, size=(300, 200)).shape == (400, 600)


def test_a_single_point_is_a_round_dot_of_the_pen_width() -> None:
    picture = draw_ink([[[140, 100]]], pen_width=20)
    rows, columns = np.flatnonzero(picture.any(1)), np.flatnonzero(picture.any(0))
    assert abs(rows.mean() - 200) <= 0.5
    assert abs(columns.mean() - 280) <= 0.5
    assert abs(len(rows) - 40) <= 1
    assert (picture > 0).sum() == pytest.approx(math.pi * 20**2, rel=0.05)


@pytest.mark.parametrize("width", [4, 10, 18, 30])
@pytest.mark.parametrize("end", [[200, 60], [60, 200], [200, 200]])
def test_a_line_is_as_thick_as_the_pen_in_every_direction(width: int, end: list[float]) -> None:
    length = math.dist([60, 60], end)
    area = (draw_ink([[[60, 60], end]], width) > 0).sum() / 4
    assert area == pytest.approx(length * width + math.pi * (width / 2) ** 2, rel=0.08)


def test_a_thin_pen_still_leaves_ink() -> None:
    assert draw_ink(SEVEN, pen_width=0.01).max() == 255


def test_ink_outside_the_canvas_is_not_seen() -> None:
    assert not draw_ink([[[-500, -500], [-500, 900]], [[1e6, 1e6]]]).any()


def test_a_stroke_that_crosses_the_edge_is_cut_there() -> None:
    picture = draw_ink([[[-100, 140], [400, 140]]], PEN_WIDTH)
    assert (picture[280] == 255).all()


def test_no_ink_gives_a_black_picture() -> None:
    assert not draw_ink([]).any()


def test_fitting_makes_the_longer_side_the_length_and_centres_the_box() -> None:
    points = np.array([point for stroke in fit_ink(SEVEN, 100, (50, 70)) for point in stroke])
    low, high = points.min(0), points.max(0)
    assert (high - low).max() == pytest.approx(100)
    assert (low + high) / 2 == pytest.approx([50, 70])


def test_fitting_keeps_proportions() -> None:
    before = np.ptp(np.concatenate([np.array(stroke) for stroke in SEVEN]), axis=0)
    after = np.ptp(np.concatenate([np.array(stroke) for stroke in fit_ink(SEVEN, 33)]), axis=0)
    assert after / after.max() == pytest.approx(before / before.max())


@pytest.mark.parametrize("ink", [[[[5, 5]]], [[[5, 5], [5, 5]]], [[[0, 0], [0, 5e-324]]], [[[0, 0], [1e-300, 0]]]])
def test_fitting_a_dot_only_moves_it(ink: list[list[list[float]]]) -> None:
    for x, y in fit_ink(ink, 100, (30, 40))[0]:
        assert (x, y) == pytest.approx((30, 40))


@pytest.mark.parametrize("ink", [[], [[]]])
def test_fitting_nothing_raises_blank_drawing(ink: list[list[list[float]]]) -> None:
    with pytest.raises(BlankDrawing):
        fit_ink(ink, 100)


@pytest.mark.parametrize("value", [[[[1, 2], [math.nan, 3], [5, 4]]], [[[1, 2], [10**400, math.nan]]], [[[1, 2], []]]])
def test_one_bad_number_among_good_ones_is_found(value: object) -> None:
    with pytest.raises(BadInk, match="two finite numbers"):
        check_ink(value)


def test_numbers_of_numpy_are_numbers() -> None:
    assert check_ink([[(np.float64(1.5), 2)]]) == [[[1.5, 2.0]]]


def test_strokes_without_points_count_as_points() -> None:
    with pytest.raises(BadInk, match="at most 20000"):
        check_ink([[]] * (MOST_POINTS + 1))


@pytest.mark.parametrize("width", [1e6, 101, -1, math.nan, math.inf])
def test_a_pen_that_would_take_long_to_draw_with_is_refused(width: float) -> None:
    with pytest.raises(BadInk, match="at most 100 is drawn"):
        draw_ink(SEVEN, width)


def test_more_points_than_are_drawn_in_a_second_are_refused_and_the_most_are_drawn() -> None:
    row = [[float(n % 280), float(n % 97)] for n in range(2 * MOST_POINTS)]
    assert draw_ink([row[:MOST_POINTS]], 100).any()
    for ink, width in (([row], 100), ([[*row, [0, 0]]], 1)):
        with pytest.raises(BadInk, match="too many to draw"):
            draw_ink(ink, width)


def test_lines_that_would_take_long_to_draw_are_refused_and_one_from_far_away_is_drawn() -> None:
    across = [[280.0 * (n % 2), 280.0 * (n // 2 % 2)] for n in range(MOST_POINTS)]
    with pytest.raises(BadInk, match="too long to draw"):
        draw_ink([across], 1)
    assert draw_ink([across[:500], [[-FARTHEST, 90.0], [FARTHEST, 90.0]]]).any()


def test_a_canvas_that_would_fill_the_memory_is_refused() -> None:
    with pytest.raises(BadInk, match="100,000×100,000 pixels"):
        draw_ink(SEVEN, size=(100_000, 100_000))
