"""The ways to give digits: pads, canvas with tools, picture. Each gives back an image or a piece of writing."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import streamlit as st
from PIL import Image

from digitlab.image.photo import find_ink, open_picture
from digitlab.image.prepare import Prepared, prepare_grey, prepare_ink
from digitlab.ink.remarks import remark_on
from digitlab.ink.strokes import CANVAS, Drawing, draw_ink
from digitlab.ui.app import address
from digitlab.ui.app.callouts import errors_shown
from digitlab.ui.components.canvas_eye import canvas_eye
from digitlab.ui.components.canvas_tools import canvas_with_tools
from digitlab.ui.components.drawing import DRAWING, Given, Pad, Writing, session_pad
from digitlab.ui.components.ink_pad import ink_pad
from digitlab.ui.components.reveal import hides_answers
from digitlab.ui.components.styles import page_style
from digitlab.ui.draw.labelling import explain_keeping, take_label
from digitlab.ui.shared.sent_image import SURFACE, put_away, sent_image

WIDE = 3 * CANVAS
"""Width of the pad for numbers, in canvas pixels."""

_CANVAS = "canvas"
_ONE, _SEVERAL = "One digit", "Several digits"
_UPLOAD, _PHOTO = "uploaded picture", "photo"
_NEWEST = "newest picture"
_SHOWN, _PREVIEW = 1024, 440
"""Longest sides of a picture, in pixels: as it is remembered, and as a preview of one digit."""

page_layout = page_style("draw", Path(__file__).with_name("page.css"))
"""Arranges the page for small screens."""


def on_pad(without: Collection[str]) -> Given:
    """Draw on the ink pad. Raises BadInk or BlankDrawing."""
    drawing = ink_pad("pad", DRAWING, on_label=take_label, label_keys=not hides_answers())
    if drawing is None:
        explain_keeping()
    return _prepared(drawing, without)


WIDE_PAD = "wide pad"
"""The session's name of the writing on the pad for numbers."""


def on_wide_pad(_without: Collection[str]) -> Given:
    """Write a number on a wide pad. Raises BadInk."""
    drawing = ink_pad(WIDE_PAD, width=WIDE, invitation="Write a number")
    return Writing(draw_ink(drawing.ink, drawing.pen_width, (WIDE, CANVAS))) if drawing else None


def on_canvas(without: Collection[str]) -> Given:
    """Draw and move strokes about on the canvas with tools. Raises BadInk or BlankDrawing."""
    with st.container(key="draw-canvas"):
        drawing = canvas_with_tools(_CANVAS, DRAWING, on_label=take_label)
    canvas_eye(_CANVAS, "draw-canvas")
    if drawing is None:
        explain_keeping()
    return _prepared(drawing, without)


def from_picture(without: Collection[str]) -> Given:
    """Read an uploaded or photographed picture. Raises BadPicture or BlankDrawing."""
    shows: str = st.segmented_control(
        "The picture shows",
        [_SEVERAL, _ONE],
        required=True,
        **address.choice(
            "picture",
            [_SEVERAL, _ONE],
            help="Several digits: each is found, boxed and read. One digit: everything in the picture belongs to it.",
        ),
    )
    newest = _newest_picture()
    if newest is None:
        return _sent()
    picture, ink = _opened(newest.getvalue(), newest.name)
    if shows == _SEVERAL:
        return Writing(ink, picture)
    prepared = prepare_grey(ink, without)
    picture.thumbnail((_PREVIEW, _PREVIEW))
    st.image(picture, caption="The picture")
    return prepared


@st.cache_data(max_entries=8, show_spinner=False)
def _opened(content: bytes, name: str) -> tuple[Image.Image, np.ndarray]:
    """A picture and the ink on it, found once: the part of the page that asks runs again at every change.

    The picture is scaled down to what a page shows: a phone's photo takes 150 MB as it is.
    """
    picture = open_picture(content, name)
    ink = find_ink(picture)
    picture.thumbnail((_SHOWN, _SHOWN))
    return picture, ink


def _newest_picture() -> "st.runtime.uploaded_file_manager.UploadedFile | None":
    """What was uploaded or photographed last, of what is there; both ways stay open for the next picture."""
    upload = st.file_uploader(
        "Picture of digits",
        type=["png", "jpg", "jpeg", "webp", "gif"],
        key=_UPLOAD,
        on_change=_note_newest,
        args=(_UPLOAD,),
        help="PNG, JPEG, WebP or GIF; dark ink on light paper or the reverse. A phone offers its camera, too. It "
        "stays on the computer that runs digitlab.",
    )
    photo = _from_camera()
    first, second = (photo, upload) if st.session_state.get(_NEWEST) == _PHOTO else (upload, photo)
    return first or second


def _from_camera() -> "st.runtime.uploaded_file_manager.UploadedFile | None":
    """A picture from the computer's camera, which is asked for only when it is wanted."""
    if not st.toggle("Use the camera", key="camera", help="The browser asks for your permission first."):
        return None
    return st.camera_input(
        "Photo of digits",
        key=_PHOTO,
        on_change=_note_newest,
        args=(_PHOTO,),
        help="Take a photo in good light, and it is read. Clear it to take the next.",
    )


def _note_newest(key: str) -> None:
    """Have the picture of this widget read, now that it has changed. While it has none, the other one is."""
    st.session_state[_NEWEST] = key


def _sent() -> Prepared | None:
    """The image that another page sent, if any; it is one already, so nothing is prepared."""
    sent = sent_image()
    if sent is None:
        return None
    st.image(np.kron(sent.image, np.ones((8, 8), np.uint8)), caption=sent.origin)
    st.button("Remove the image", on_click=put_away, help="The models then read the next picture.")
    return Prepared(sent.image, ())


SURFACES: Mapping[str, Callable[[Collection[str]], Given]] = {
    "Pad": on_pad,
    "Number": on_wide_pad,
    "Canvas with tools": on_canvas,
    "Picture": from_picture,
}
"""What the switch on Draw offers, in this order."""

_PADS = {"Pad": "pad", "Number": WIDE_PAD, "Canvas with tools": _CANVAS}
"""Surface → the key of its drawing in the live channel."""


def is_wide(surface: str) -> bool:
    """Whether a surface, a key of SURFACES, needs the whole width of the page."""
    return SURFACES[surface] is on_wide_pad


def width_of(surface: str) -> float:
    """The share of the page's width that a surface takes beside the answers, in 0..1."""
    return 0.5 if SURFACES[surface] is from_picture else 5 / 13


def pad_of(surface: str) -> Pad | None:
    """The pad whose drawing is followed over the live channel; None for a surface, a key of SURFACES, without one."""
    key = _PADS.get(surface)
    return session_pad(key)._replace(is_live=key != _CANVAS) if key else None


def draw_on(surface: str, without: Collection[str]) -> Given:
    """Show a surface, a key of SURFACES; what is wrong with its drawing or picture becomes one line.

    without: steps of the preparation to leave out.
    """
    with errors_shown():
        return SURFACES[surface](without)
    return None


def pick_surface() -> str:
    """Show the switch and give back its choice, a key of SURFACES (`?surface=Number`)."""
    choice: str = st.segmented_control(
        "Draw on",
        list(SURFACES),
        required=True,
        **address.choice(
            SURFACE,
            SURFACES,
            help="Pad: one digit. Number: several digits beside each other. Canvas with tools: move, turn and scale "
            "strokes. Picture: upload or take a photo.",
        ),
    )
    return choice


def _prepared(drawing: Drawing | None, without: Collection[str]) -> Prepared | None:
    """The drawing as an image, with a remark on it; None without one. Raises BadInk or BlankDrawing."""
    if drawing is None:
        return None
    return replace(prepare_ink(drawing.ink, drawing.pen_width, without=without), remark=remark_on(drawing))
