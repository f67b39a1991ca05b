import numpy as np
import pytest

from digitlab.errors import BadPicture, BlankDrawing
from digitlab.image.segment import find_lines, join_pieces
from digitlab.ink.strokes import Ink, draw_ink

ONE: Ink = [[[0, 0], [0, 100]]]
SEVEN: Ink = [[[0, 0], [60, 0], [20, 100]]]
FIVE_BODY: Ink = [[[0, 20], [0, 55], [50, 70], [40, 100], [0, 100]]]
FIVE_BAR: Ink = [[[10, 0], [60, 0]]]


def at(ink: Ink, x: float, y: float = 50) -> Ink:
    return [[[px + x, py + y] for px, py in stroke] for stroke in ink]


def picture(*inks: Ink, pen: float = 8, size: tuple[int, int] = (600, 400)) -> np.ndarray:
    return draw_ink([stroke for ink in inks for stroke in ink], pen, size)


def test_pieces_come_from_left_to_right_whatever_the_order_of_writing() -> None:
    (line,) = find_lines(picture(at(SEVEN, 300), at(ONE, 50), at(SEVEN, 150)))
    assert [piece.box[0] // 100 for piece in line.pieces] == [0, 2, 5]
    assert line.height == pytest.approx(216, abs=4)


def test_lines_come_from_top_to_bottom() -> None:
    upper, lower = find_lines(picture(at(ONE, 50, 250), at(SEVEN, 100, 250), at(SEVEN, 50, 50)))
    assert (len(upper.pieces), len(lower.pieces)) == (1, 2)


def test_a_bar_that_floats_above_its_digit_is_on_the_same_line() -> None:
    (line,) = find_lines(picture(at(FIVE_BODY, 100), at(FIVE_BAR, 100), at(ONE, 250)))
    assert len(line.pieces) == 3


def test_specks_are_left_out() -> None:
    (line,) = find_lines(picture(at(SEVEN, 100), [[[300, 100], [301, 100]]]))
    assert len(line.pieces) == 1


def test_digits_that_touch_are_offered_in_parts() -> None:
    (line,) = find_lines(picture(at(SEVEN, 100), at(SEVEN, 158)))
    assert len(line.pieces) > 1
    whole = join_pieces(line.pieces)
    assert whole.ink.shape == (whole.height, whole.width)


def test_joined_pieces_hold_all_of_their_ink_in_its_place() -> None:
    ink = picture(at(FIVE_BODY, 100), at(FIVE_BAR, 100))
    (line,) = find_lines(ink)
    whole = join_pieces(line.pieces)
    left, top, right, bottom = whole.box
    firm = ink[top:bottom, left:right] > 0.25 * ink.max()
    assert (whole.ink[firm] == ink[top:bottom, left:right][firm]).all()
    assert (ink[:top] == 0).all() or ink[:top].max() <= 0.25 * ink.max()


def test_an_empty_picture_is_refused() -> None:
    with pytest.raises(BlankDrawing, match="There is no ink"):
        find_lines(np.zeros((50, 50), np.uint8))


def test_noise_is_said_to_be_no_writing() -> None:
    noise = (np.random.default_rng(0).random((300, 300)) < 0.1).astype(np.uint8) * 255
    with pytest.raises(BadPicture, match=r"holds \d,\d+ separate marks\. That is noise or a page of text"):
        find_lines(noise)
