"""The ink pad: draw with mouse, pen, finger or keys, and get pen strokes while the pen moves.

A component of our own (Streamlit's Components v2). The browser holds the strokes; Python hands ink over only when the
pad is mounted, so an answer that comes late never paints older ink over newer.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import streamlit as st

from digitlab.ink.strokes import CANVAS, Drawing
from digitlab.ui.components.drawing import OnLabel, checked_drawing, new_labels, remember_drawing, session_drawing
from digitlab.ui.components.live_html import SLIDER, styles
from digitlab.ui.components.remount import Start, start_of

_HERE = Path(__file__).parent

_component = st.components.v2.component(
    "digitlab.ink_pad",
    html=(_HERE / "ink_pad.html").read_text(encoding="utf-8"),
    css=styles(_HERE / "ink_pad.css", SLIDER),
    js=(_HERE / "ink_pad.js").read_text(encoding="utf-8"),
)


def ink_pad(
    key: str,
    drawing_key: str | None = None,
    *,
    width: int = CANVAS,
    invitation: str = "Draw a digit",
    on_label: OnLabel | None = None,
) -> Drawing | None:
    """Show the pad and give back what is drawn on it, or None while it is empty.

    key: the widget's key. drawing_key: the session's name of the drawing (default: the same key); surfaces that
    share it show the same drawing. width: of the canvas, in canvas pixels; its height is 280.
    on_label: is called once for every drawing that the user says is a certain digit; the pad is then empty. Without
    it the pad does not ask.
    Raises BadInk when the browser sends something that is no ink.
    """
    drawing_key = drawing_key or key
    start = start_of(key, lambda last: _start(key, session_drawing(drawing_key), last))
    data = {**start, "width": width, "invitation": invitation, "labels": on_label is not None}
    result = _component(key=key, data=data, on_drawing_change=_nothing)
    if result.drawing:
        remember_drawing(drawing_key, checked_drawing(result.drawing))
        if on_label:
            for label in new_labels(key, result.drawing.get("labels")):
                on_label(label)
    drawing = session_drawing(drawing_key)
    return drawing if drawing.ink else None


def _start(key: str, drawing: Drawing, last: Mapping[str, Any]) -> Start:
    """What the pad starts with. last: what it was given at the mount before."""
    return {"key": key, "mount": last.get("mount", 0) + 1, "strokes": drawing.ink, "penWidth": drawing.pen_width}


def _nothing() -> None:
    """Streamlit wants a callback for each value that a component sends."""
