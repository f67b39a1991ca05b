"""What a browser sends becomes a drawing, or is refused in one line."""

import pytest

from digitlab.errors import BadInk
from digitlab.ui.drawing import Drawing, checked_drawing


def test_strokes_and_pen_width_become_a_drawing() -> None:
    assert checked_drawing({"strokes": [[[1, 2], [3, 4]]], "penWidth": 20}) == Drawing([[[1.0, 2.0], [3.0, 4.0]]], 20.0)


@pytest.mark.parametrize("width", [None, "20", True, 0, -3, 1000, float("nan")])
def test_a_pen_width_out_of_range_is_refused(width: object) -> None:
    with pytest.raises(BadInk, match="pen width"):
        checked_drawing({"strokes": [], "penWidth": width})


def test_missing_strokes_are_refused() -> None:
    with pytest.raises(BadInk):
        checked_drawing({"penWidth": 20})
