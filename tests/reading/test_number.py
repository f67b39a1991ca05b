from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from digitlab.errors import BadPicture, BlankDrawing
from digitlab.ink.strokes import Ink, draw_ink
from digitlab.reading.number import FoundDigit, as_text, cut_out, find_number, read_number
from digitlab.reading.predictor import Predictor, Reading
from digitlab.runs.run import Run
from digitlab.settings import CHECKPOINTS
from tests.reading.pen_numbers import write_numbers

FIVE_BODY: Ink = [[[0, 20], [0, 65], [30, 55], [60, 70], [70, 100], [50, 130], [0, 135]]]
FIVE_BAR: Ink = [[[12, 0], [75, 0]]]
SEVEN: Ink = [[[0, 0], [70, 0], [25, 135]]]
ZERO: Ink = [[[35, 0], [5, 30], [0, 90], [30, 135], [60, 120], [70, 60], [55, 10], [35, 0]]]


@pytest.fixture(scope="module")
def cnn() -> Predictor:
    return Predictor(Run(CHECKPOINTS / "cnn"))


def at(ink: Ink, x: float, y: float = 60) -> Ink:
    return [[[px + x, py + y] for px, py in stroke] for stroke in ink]


def number(ink: Ink, cnn: Predictor, size: tuple[int, int] = (840, 280)) -> str:
    digits = find_number(draw_ink(ink, 14, size), cnn)
    return as_text(digits, read_number(digits, cnn))


def test_the_bar_of_a_five_belongs_to_its_five_even_beside_a_neighbour(cnn: Predictor) -> None:
    assert number([*at(SEVEN, 60), *at(FIVE_BODY, 180), *at(FIVE_BAR, 180), *at(ZERO, 300)], cnn) == "750"


def test_the_order_of_writing_does_not_matter(cnn: Predictor) -> None:
    assert number([*at(ZERO, 400), *at(FIVE_BAR, 180), *at(SEVEN, 60), *at(FIVE_BODY, 180)], cnn) == "750"


def test_digits_that_touch_are_read_one_by_one(cnn: Predictor) -> None:
    assert number([*at(ZERO, 60), *at(ZERO, 138)], cnn) == "00"


def test_lines_are_read_from_top_to_bottom(cnn: Predictor) -> None:
    ink = [*at(ZERO, 60, 300), *at(SEVEN, 180, 300), *at(SEVEN, 60, 40), *at(ZERO, 180, 40)]
    assert number(ink, cnn, (400, 500)) == "70 07"


def test_one_digit_is_a_number_too(cnn: Predictor) -> None:
    assert number(at(SEVEN, 300), cnn) == "7"


def test_every_digit_comes_with_its_place_and_its_own_image(cnn: Predictor) -> None:
    first, second = find_number(draw_ink([*at(SEVEN, 60), *at(ZERO, 300)], 14, (840, 280)), cnn)
    assert first.box[0] == pytest.approx(2 * (60 - 7), abs=3)
    assert second.box[2] == pytest.approx(2 * (370 + 7), abs=3)
    assert first.image.shape == (28, 28)


def test_boxes_drawn_by_hand_are_read_line_by_line_whatever_their_order(cnn: Predictor) -> None:
    ink = draw_ink(
        [*at(ZERO, 60, 300), *at(SEVEN, 180, 300), *at(SEVEN, 60, 40), *at(FIVE_BODY, 180, 40)], 14, (400, 500)
    )
    boxes = [(330, 570, 540, 900), (100, 570, 260, 900), (340, 50, 520, 370), (90, -9, 290, 380)]
    digits = cut_out(ink, boxes)
    assert as_text(digits, read_number(digits, cnn)) == "75 07"
    assert [digit.box for digit in digits] == [boxes[3], boxes[2], boxes[1], boxes[0]]


def test_a_box_without_ink_holds_no_digit() -> None:
    ink = draw_ink(at(SEVEN, 60), 14, (400, 280))
    beside = [(-50, -50, -10, -10), (100, -60, 200, -10), (-120, 20, -60, 200), (2000, 2000, 3000, 3000)]
    for empty in ((500, 10, 700, 200), (200, 100, 100, 50), *beside):
        assert cut_out(ink, [empty]) == []
    assert cut_out(ink, []) == []


def test_no_ink_is_refused(cnn: Predictor) -> None:
    with pytest.raises(BlankDrawing):
        find_number(np.zeros((100, 300), np.uint8), cnn)


def test_lines_are_parted_by_a_space() -> None:
    digits = [FoundDigit((0, 0, 1, 1), np.zeros((28, 28), np.uint8), line) for line in (0, 0, 1)]
    readings = [Reading(digit, np.zeros(10), 0.0) for digit in (2, 0, 6)]
    assert as_text(digits, readings) == "20 6"
    assert as_text([], []) == ""


def test_a_model_that_never_saw_non_digits_still_reads_what_it_is_given(make_run: Callable[..., Run]) -> None:
    digits = find_number(draw_ink([*at(SEVEN, 60), *at(ZERO, 300)], 14, (840, 280)), Predictor(make_run()))
    assert len(digits) >= 1


@pytest.mark.long
def test_numbers_of_unseen_writers_are_cut_right_and_read_right(cnn: Predictor, pen_folder: Path) -> None:
    """2 to 6 digits of the pen digits' test part side by side, drawn with 10 to 30 pixels on a pad of 280 height."""
    cut = read = 0
    for picture, meant in write_numbers(pen_folder, 150, seed=100):
        digits = find_number(picture, cnn)
        cut += len(digits) == len(meant)
        read += as_text(digits, read_number(digits, cnn)) == meant
    assert cut >= 0.99 * 150
    assert read >= 0.95 * 150


class FakeReader:
    """Reads anything wide with one probability and anything narrow with another."""

    def __init__(self, wide: float, narrow: float) -> None:
        self.wide, self.narrow = wide, narrow

    def read_all(self, images: np.ndarray) -> list[Reading]:
        return [self._read(image) for image in images]

    def _read(self, image: np.ndarray) -> Reading:
        highest = self.wide if image.any(0).sum() > 15 else self.narrow
        return Reading(0, np.array([highest] + [(1 - highest) / 9] * 9), 0.0)


def blocks_that_touch() -> np.ndarray:
    """Two upright blocks, side by side and joined by a thin bar: as wide as high, so it is offered whole and cut."""
    ink = np.zeros((120, 120), np.uint8)
    ink[10:110, 10:57] = ink[10:110, 63:110] = ink[57:63, 57:63] = 255
    return ink


@pytest.mark.parametrize(("wide", "digits"), [(0.6, 1), (0.12, 2)])
def test_ink_is_cut_only_where_its_parts_read_much_better_than_the_whole(wide: float, digits: int) -> None:
    """Two parts of 0.9 come to twice ln 0.89, less 2 for the cut: -2.2. The whole comes to ln 0.56 = -0.6, or -3.8."""
    assert len(find_number(blocks_that_touch(), FakeReader(wide, narrow=0.9))) == digits


def test_a_cut_through_ink_is_what_holds_a_digit_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("digitlab.reading.number._CUT_COSTS", 0.0)
    left, right = find_number(blocks_that_touch(), FakeReader(wide=0.6, narrow=0.9))
    assert left.box == (10, 10, 60, 110)
    assert right.box == (60, 10, 110, 110)


def test_digits_that_do_not_touch_cost_no_cut() -> None:
    ink = blocks_that_touch()
    ink[:, 57:63] = 0
    assert len(find_number(ink, FakeReader(wide=0.6, narrow=0.9))) == 2


class Asked:
    """Stands for a reader that must not be asked."""

    def read_all(self, _images: object) -> list[Reading]:
        raise AssertionError("The model was asked.")


def bars(rows: int, columns: int) -> np.ndarray:
    picture = np.zeros((rows * 40, columns * 40), np.uint8)
    for row in range(rows):
        for column in range(columns):
            picture[row * 40 + 5 : row * 40 + 35, column * 40 + 15 : column * 40 + 21] = 255
    return picture


def test_more_marks_than_a_number_has_are_refused_before_the_model_is_asked() -> None:
    with pytest.raises(BadPicture, match="121 marks that could be digits; at most 60 are read"):
        find_number(bars(11, 11), Asked())  # type: ignore[arg-type]


def test_marks_too_close_to_be_told_apart_are_refused_before_the_model_is_asked() -> None:
    crowded = np.zeros((100, 800), np.uint8)
    crowded[10:90, [x + y for x in range(10, 510, 10) for y in (0, 1)]] = 255
    with pytest.raises(BadPicture, match="too close to be told apart"):
        find_number(crowded, Asked())  # type: ignore[arg-type]


def test_sixty_digits_are_read(cnn: Predictor) -> None:
    assert len(find_number(bars(6, 10), cnn)) == 60
