"""A photo with a box around each digit that was found, and the boxes corrected by hand on the canvas with tools."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st
from PIL import Image, ImageDraw

from digitlab.errors import BadPicture
from digitlab.ui.app.callouts import errors_shown
from digitlab.ui.components.canvas_toolbar import named_tools
from digitlab.ui.components.canvas_tools import show_canvas
from digitlab.ui.components.remount import Start, mount_anew, mount_key, start_of

if TYPE_CHECKING:
    from streamlit_drawable_canvas import CanvasResult  # importing it declares a component, so it needs an app

    from digitlab.image.segment import Box
    from digitlab.reading.number import FoundDigit  # torch comes with it

_SHOWN_SIDE = 900
_CANVAS_WIDTH, _CANVAS_HEIGHT = 350, 600
"""Most pixels of the canvas, which cannot shrink: as wide as a phone has room for."""

_BOX = "#EE6677"
_MOST_BOXES = 200


def show_photo(photo: Image.Image, ink: np.ndarray, found: Sequence[FoundDigit]) -> Sequence[FoundDigit]:
    """Show the photo with what was found on it; gives back the digits to read: those found, or those boxed by hand.

    ink: what `found` was found in, grey, `uint8` of shape (height, width).
    """
    corrected = st.toggle(
        "Correct the boxes",
        key="correct boxes",
        persist_state="session",
        help="For a digit that was missed, cut in two or taken for another's part: draw, move or delete boxes.",
    )
    if corrected:
        with errors_shown():
            return _corrected(photo, ink, found)
        return []
    number = "1 digit" if len(found) == 1 else f"{len(found)} digits"
    st.image(boxed(photo, ink.shape[1], found), caption=f"The picture, with {number} found")
    return found


def boxed(photo: Image.Image, ink_width: int, digits: Sequence[FoundDigit]) -> Image.Image:
    """The photo with a box around each digit. ink_width: of the picture that the digits were found in, in pixels."""
    shown = photo.convert("RGB")
    shown.thumbnail((_SHOWN_SIDE, _SHOWN_SIDE))
    scale, pen = shown.width / ink_width, ImageDraw.Draw(shown)
    for digit in digits:
        left, top, right, bottom = (side * scale for side in digit.box)
        pen.rectangle((left - 3, top - 3, right + 3, bottom + 3), outline=_BOX, width=3)
    return shown


def _corrected(photo: Image.Image, ink: np.ndarray, found: Sequence[FoundDigit]) -> Sequence[FoundDigit]:
    """The canvas with the boxes, and the digits in them. Raises BadPicture or BadInk when it sends no boxes."""
    from digitlab.reading.number import cut_out

    shown = photo.convert("RGB")
    shown.thumbnail((_CANVAS_WIDTH, _CANVAS_HEIGHT))
    scale = ink.shape[1] / shown.width
    name = "boxes on " + hashlib.sha256(ink.tobytes()).hexdigest()[:16]
    key = mount_key(name)
    given = start_of(
        key, lambda _last_given: st.session_state.get(_changed(name)) or _start([digit.box for digit in found], scale)
    )
    with named_tools("photo-with-boxes"):
        result = show_canvas(
            key,
            width=shown.width,
            height=shown.height,
            background_image=shown,
            drawing_mode="labeled_rect",
            fill_color="rgba(0, 0, 0, 0)",
            stroke_color=_BOX,
            stroke_width=2,
            initial_drawing=given,
        )
    st.caption("Drag over the picture to box a digit. Choose Move, then a box, to move, resize or delete it.")
    boxes = boxes_of(result, scale)
    if result.json_data != given:
        st.session_state[_changed(name)] = result.json_data
    if _changed(name) in st.session_state:
        st.button("Back to the boxes that were found", on_click=_begin_again, args=(name,), icon=":material/undo:")
    return cut_out(ink, boxes)


def _start(found: Sequence[Box], scale: float) -> Start:
    """The boxes that were found, as the canvas takes them."""
    from streamlit_drawable_canvas import boxes_to_drawing

    boxes = [
        {"left": left / scale, "top": top / scale, "width": (right - left) / scale, "height": (low - top) / scale}
        for left, top, right, low in found
    ]
    return {**boxes_to_drawing(boxes, stroke_color=_BOX, stroke_width=2), "background": ""}


def _begin_again(name: str) -> None:
    del st.session_state[_changed(name)]
    mount_anew(name)


def _changed(name: str) -> str:
    """The session's name of a picture's boxes once they were changed."""
    return f"changed {name}"


def boxes_of(canvas: CanvasResult, scale: float) -> list[Box]:
    """Boxes of a canvas in pixels of a picture `scale` times as large.

    Raises BadPicture when one is no box, or there are over 200.
    """
    try:
        boxes = [_box(one, scale) for one in canvas.boxes]
    except (ArithmeticError, AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        raise BadPicture("The canvas sent a box that cannot be read. Delete it and draw it again.") from error
    if len(boxes) > _MOST_BOXES:
        raise BadPicture(f"There are {len(boxes)} boxes; at most {_MOST_BOXES} are read. Delete some.")
    return boxes


def _box(drawn: Mapping[str, Any], scale: float) -> Box:
    left, top = float(drawn["left"]), float(drawn["top"])
    right, bottom = left + float(drawn["width"]), top + float(drawn["height"])
    return round(left * scale), round(top * scale), round(right * scale), round(bottom * scale)
