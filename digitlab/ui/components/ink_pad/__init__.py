"""The ink pad: draw with mouse, pen, finger or keys, and be answered over the live channel while the pen moves.

A component of our own (Streamlit's Components v2). The browser holds the strokes, and the session learns of them when
the pen rests; Python hands ink over only when the pad is mounted, so an answer that comes late never paints older ink
over newer.
"""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import streamlit as st

from digitlab.errors import BadInk
from digitlab.ink.strokes import CANVAS, Drawing
from digitlab.ui.app import address
from digitlab.ui.components.drawing import (
    OnLabel,
    checked_drawing,
    new_labels,
    remember_drawing,
    remember_number,
    session_drawing,
    session_pad,
)
from digitlab.ui.components.live import LIVE_JS
from digitlab.ui.components.remount import Start, start_of
from digitlab.ui.components.styles import SLIDER, styles

_HERE = Path(__file__).parent

_LABELS = "A digit key labels the drawing and adds it to My handwriting."
_VOTES = "A digit key counts as a vote and does not label the drawing."

_component = st.components.v2.component(
    "digitlab.ink_pad",
    html=(_HERE / "ink_pad.html").read_text(encoding="utf-8"),
    css=styles(_HERE / "ink_pad.css", SLIDER),
    js=LIVE_JS + (_HERE / "ink_pad.js").read_text(encoding="utf-8"),
)


def ink_pad(
    key: str,
    drawing_key: str | None = None,
    *,
    width: int = CANVAS,
    invitation: str = "Draw a digit",
    on_label: OnLabel | None = None,
    label_keys: bool = True,
) -> Drawing | None:
    """Show the pad and give back what is drawn on it, or None while it is empty.

    key: the widget's key. drawing_key: the session's name of the drawing (default: the same key); surfaces that
    share it show the same drawing. width: of the canvas, in canvas pixels; its height is 280.
    on_label: is called once for every drawing that the user says is a certain digit; the pad is then empty. Without
    it the pad does not ask. label_keys: whether the keys 0 to 9 say so, too; where a vote is held, they count votes.
    Raises BadInk when the browser sends something that is no ink.
    """
    drawing_key = drawing_key or key
    start = start_of(key, lambda last: _start(key, session_drawing(drawing_key), last))
    says = "" if on_label is None else _LABELS if label_keys else _VOTES
    data = {**start, "width": width, "invitation": invitation, "labels": on_label is not None}
    data |= {"labelKeys": label_keys, "digitKeysDo": says}
    result = _component(
        key=key, data=data, on_drawing_change=lambda: _remember(key, drawing_key), on_again_change=lambda: None
    )
    if result.again:  # something else on the page was pressed in the moment in which the pad spoke
        address.rerun()
    if result.drawing:
        _take(key, drawing_key, result.drawing)
        if on_label:
            for label in new_labels(key, result.drawing.get("labels")):
                on_label(label)
    drawing = session_drawing(drawing_key)
    return drawing if drawing.ink else None


def _remember(key: str, drawing_key: str) -> None:
    """Take the drawing before the page runs: the run may be one of another surface, which never asks the pad."""
    sent = st.session_state[key].get("drawing")
    with suppress(BadInk):  # the pad itself says so
        if sent:
            _take(key, drawing_key, sent)


def _take(key: str, drawing_key: str, sent: Any) -> None:
    """Take what the pad sent, once: it stays the widget's value, and another surface may have changed it since."""
    drawing, taken = checked_drawing(sent), f"taken from {key}"
    remember_number(key, sent.get("number"))
    if drawing != st.session_state.get(taken):
        st.session_state[taken] = drawing
        remember_drawing(drawing_key, drawing)


def _start(key: str, drawing: Drawing, last: Mapping[str, Any]) -> Start:
    """What the pad starts with. last: what it was given at the mount before."""
    return {
        "key": key,
        "mount": last.get("mount", 0) + 1,
        "number": session_pad(key).number,
        "strokes": drawing.ink,
        "penWidth": drawing.pen_width,
    }
