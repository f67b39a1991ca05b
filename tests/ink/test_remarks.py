import pytest

from digitlab.ink.remarks import BLOB, DOT, remark_on
from digitlab.ink.strokes import Drawing


def line(length: float, width: float = 18) -> Drawing:
    return Drawing(ink=[[[100.0, 100.0], [100.0, 100.0 + length]]], pen_width=width)


@pytest.mark.parametrize("length", [0, 3, 9])
def test_a_dot_is_told_from_a_digit(length: float) -> None:
    assert remark_on(line(length)) == DOT


@pytest.mark.parametrize(("length", "width"), [(10, 18), (53, 18), (80, 30)])
def test_a_drawing_under_three_pen_widths_is_said_to_be_small(length: float, width: float) -> None:
    assert remark_on(line(length, width)) == BLOB


@pytest.mark.parametrize(("length", "width"), [(54, 18), (200, 18), (53, 10)])
def test_of_a_usual_drawing_nothing_is_said(length: float, width: float) -> None:
    assert remark_on(line(length, width)) == ""


def test_of_no_ink_nothing_is_said() -> None:
    assert remark_on(Drawing(ink=[])) == ""
