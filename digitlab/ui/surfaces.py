"""The three ways to give a digit: the pad, the canvas with tools, a picture. Each gives back the prepared image."""

from collections.abc import Callable, Mapping

import numpy as np
import streamlit as st

from digitlab.picture import open_picture
from digitlab.preprocess import Prepared, prepare_ink, prepare_picture
from digitlab.ui.callouts import told
from digitlab.ui.canvas_tools import canvas_with_tools
from digitlab.ui.drawing import Drawing
from digitlab.ui.ink_pad import ink_pad
from digitlab.ui.sent_image import put_away, sent_image

DRAWING = "draw"
"""Where the session keeps the drawing that the pad and the canvas with tools share."""


def on_pad() -> Prepared | None:
    """Draw on the ink pad. Raises BadInk or BlankDrawing."""
    return _prepared(ink_pad("pad", DRAWING))


def on_canvas() -> Prepared | None:
    """Draw and move strokes about on the canvas with tools. Raises BadInk or BlankDrawing."""
    return _prepared(canvas_with_tools("canvas", DRAWING))


def from_picture() -> Prepared | None:
    """Read an uploaded picture. Raises BadPicture or BlankDrawing."""
    upload = st.file_uploader(
        "Picture of one digit",
        type=["png", "jpg", "jpeg", "webp"],
        help="PNG, JPEG or WebP; dark ink on light paper or the reverse. It stays on the computer that runs digitlab.",
    )
    if upload is None:
        return _sent()
    picture = open_picture(upload.getvalue(), upload.name)
    prepared = prepare_picture(picture)
    picture.thumbnail((440, 440))
    st.image(picture, caption="The picture")
    return prepared


def _sent() -> Prepared | None:
    """The image that another page sent, if any; it is one already, so nothing is prepared."""
    sent = sent_image()
    if sent is None:
        return None
    st.image(np.kron(sent.image, np.ones((8, 8), np.uint8)), caption=sent.origin)
    st.button("Put away", on_click=put_away, help="Forget this image.")
    return Prepared(sent.image, ())


SURFACES: Mapping[str, Callable[[], Prepared | None]] = {
    "Pad": on_pad,
    "Canvas with tools": on_canvas,
    "Picture": from_picture,
}
"""What the switch on Draw offers, in this order."""


def draw_on(surface: str) -> Prepared | None:
    """Show a surface, a key of SURFACES; what is wrong with its drawing or picture becomes one line."""
    with told():
        return SURFACES[surface]()
    return None


def pick_surface() -> str:
    """Show the switch and give back its choice, a key of SURFACES."""
    choice: str = st.segmented_control(
        "Draw on",
        list(SURFACES),
        key="surface",
        default="Pad",
        required=True,
        persist_state="session",
        help="Pad: draw freely. Canvas with tools: move, turn and scale strokes. Picture: upload a photo of a digit.",
    )
    return choice


def _prepared(drawing: Drawing | None) -> Prepared | None:
    return prepare_ink(drawing.ink, drawing.pen_width) if drawing else None
