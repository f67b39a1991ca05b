from typing import Any

import pytest

from digitlab.errors import BadPicture
from digitlab.ui.components.photo_boxes import boxes_of

BOX = {"label": "", "left": 10.2, "top": 20, "width": 30, "height": 40}


class Canvas:
    """Stands for the library's CanvasResult, which only a running app can import."""

    def __init__(self, *boxes: Any) -> None:
        self._boxes = boxes

    @property
    def boxes(self) -> list[Any]:
        return [box if isinstance(box, dict) else box.get("left") for box in self._boxes]


def test_boxes_come_in_pixels_of_the_larger_picture() -> None:
    assert boxes_of(Canvas(BOX), 2.0) == [(20, 40, 80, 120)]
    assert boxes_of(Canvas(), 2.0) == []


@pytest.mark.parametrize(
    "bad",
    ["no object", {**BOX, "left": "far"}, {**BOX, "top": float("nan")}, {**BOX, "width": float("inf")}, {"left": 1}],
)
def test_what_is_no_box_is_refused_in_one_line(bad: object) -> None:
    with pytest.raises(BadPicture, match="Delete it and draw it again"):
        boxes_of(Canvas(bad), 2.0)


def test_too_many_boxes_are_refused() -> None:
    with pytest.raises(BadPicture, match="201 boxes; at most 200"):
        boxes_of(Canvas(*[BOX] * 201), 1.0)
