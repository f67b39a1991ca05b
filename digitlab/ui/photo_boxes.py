"""A photo with a box around each digit that was found, and the boxes corrected by hand on the canvas with tools."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st
from PIL import Image, ImageDraw

from digitlab.errors import BadPicture
from digitlab.ui.callouts import told
from digitlab.ui.writing import Writing

if TYPE_CHECKING:
    from streamlit_drawable_canvas import CanvasResult  # importing it declares a component, so it needs an app

    from digitlab.numbers import FoundDigit  # torch comes with it
    from digitlab.segmentation import Box

_SHOWN_SIDE = 900
_CANVAS_WIDTH, _CANVAS_HEIGHT = 350, 600
"""Most pixels of the canvas, which cannot shrink: as wide as a phone has room for."""

_BOX = "#EE6677"
_MOST_BOXES = 200


def show_photo(writing: Writing, digits: Sequence[FoundDigit]) -> Sequence[FoundDigit]:
    """Show the photo with what was found on it; gives back the digits to read: those found, or those boxed by hand.

    writing: has a photo.
    """
    photo = writing.photo or Image.fromarray(writing.ink)
    corrected = st.toggle(
        "Correct the boxes",
        key="correct boxes",
        help="For a digit that was missed, cut in two or taken for another's part: draw, move or delete boxes.",
    )
    if corrected:
        with told():
            return _corrected(photo, writing.ink, digits)
        return []
    found = "1 digit" if len(digits) == 1 else f"{len(digits)} digits"
    st.image(boxed(photo, writing.ink.shape[1], digits), caption=f"The picture, with {found} found")
    return digits


def boxed(photo: Image.Image, ink_width: int, digits: Sequence[FoundDigit]) -> Image.Image:
    """The photo with a box around each digit. ink_width: of the picture that the digits were found in, in pixels."""
    shown = photo.convert("RGB")
    shown.thumbnail((_SHOWN_SIDE, _SHOWN_SIDE))
    scale, pen = shown.width / ink_width, ImageDraw.Draw(shown)
    for digit in digits:
        left, top, right, bottom = (side * scale for side in digit.box)
        pen.rectangle((left - 3, top - 3, right + 3, bottom + 3), outline=_BOX, width=3)
    return shown


def _corrected(photo: Image.Image, ink: np.ndarray, digits: Sequence[FoundDigit]) -> Sequence[FoundDigit]:
    """The canvas with the boxes, and the digits in them. Raises BadPicture when the browser sends no boxes."""
    from streamlit_drawable_canvas import st_canvas

    from digitlab.numbers import cut_out

    shown = photo.convert("RGB")
    shown.thumbnail((_CANVAS_WIDTH, _CANVAS_HEIGHT))
    scale = ink.shape[1] / shown.width
    key = "boxes on " + hashlib.sha256(ink.tobytes()).hexdigest()[:16]
    st.space("medium")  # the canvas shows its tools above itself
    result = st_canvas(
        key=key,
        width=shown.width,
        height=shown.height,
        background_image=shown,
        drawing_mode="labeled_rect",
        fill_color="rgba(0, 0, 0, 0)",
        stroke_color=_BOX,
        stroke_width=2,
        initial_drawing=_given(key, [tuple(side / scale for side in digit.box) for digit in digits]),
    )
    st.caption("Drag over the picture to box a digit. Choose the pencil above it to move, resize or delete a box.")
    boxes = boxes_of(result, scale)
    st.session_state[f"last {key}"] = result.json_data
    return cut_out(ink, boxes)


def _given(key: str, found: Sequence[Sequence[float]]) -> dict[str, Any]:
    """What the canvas starts with: the boxes as they were last left, at first those found; the same until it is
    mounted anew, because a change would reset it."""
    from streamlit_drawable_canvas import boxes_to_drawing

    memory = f"given to {key}"
    if key not in st.session_state:
        boxes = [{"left": x, "top": y, "width": right - x, "height": low - y} for x, y, right, low in found]
        fresh = boxes_to_drawing(boxes, stroke_color=_BOX, stroke_width=2)
        st.session_state[memory] = st.session_state.get(f"last {key}") or fresh
    given: dict[str, Any] = st.session_state[memory]
    return given


def boxes_of(canvas: CanvasResult, scale: float) -> list[Box]:
    """Boxes of a canvas in pixels of a picture `scale` times as large.

    Raises BadPicture when one is no box, or there are over 200.
    """
    try:
        boxes = [_box(one, scale) for one in canvas.boxes]
    except (ArithmeticError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise BadPicture("The canvas sent a box that cannot be read. Delete it and draw it again.") from error
    if len(boxes) > _MOST_BOXES:
        raise BadPicture(f"There are {len(boxes)} boxes; at most {_MOST_BOXES} are read. Delete some.")
    return boxes


def _box(drawn: Mapping[str, Any], scale: float) -> Box:
    left, top = float(drawn["left"]), float(drawn["top"])
    right, bottom = left + float(drawn["width"]), top + float(drawn["height"])
    return round(left * scale), round(top * scale), round(right * scale), round(bottom * scale)
