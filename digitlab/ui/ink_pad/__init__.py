"""The ink pad: draw with mouse, pen, finger or keys, and get pen strokes while the pen moves.

A component of our own (Streamlit's Components v2). The browser holds the strokes; Python hands ink over only when the
pad is mounted, so an answer that comes late never paints older ink over newer.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import streamlit as st

from digitlab.ink import CANVAS
from digitlab.ui.drawing import Drawing, checked_drawing, keep_drawing, kept_drawing
from digitlab.ui.labels import new_labels
from digitlab.ui.mounts import Start, start_of
from digitlab.ui.styles import SLIDER, styles

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
    on_label: Callable[[int, Drawing], object] | None = None,
) -> Drawing | None:
    """Show the pad and give back what is drawn on it, or None while it is empty.

    key: the widget's key. drawing_key: where the session keeps the drawing (default: the same key); surfaces that
    share it show the same drawing. width: of the canvas, in canvas pixels; its height is 280.
    on_label: is called once for every drawing that the user says is a certain digit; the pad is then empty. Without
    it the pad does not ask.
    Raises BadInk when the browser sends something that is no ink.
    """
    place = drawing_key or key
    start = start_of(key, lambda last: _start(key, kept_drawing(place), last))
    data = {**start, "width": width, "invitation": invitation, "labels": on_label is not None}
    result = _component(key=key, data=data, on_drawing_change=_nothing)
    if result.drawing:
        keep_drawing(place, checked_drawing(result.drawing))
        if on_label:
            for digit, drawing in new_labels(key, result.drawing.get("labels")):
                on_label(digit, drawing)
    drawing = kept_drawing(place)
    return drawing if drawing.ink else None


def _start(key: str, drawing: Drawing, last: Mapping[str, Any]) -> Start:
    """What the pad starts with. last: what it was given at the mount before."""
    return {"key": key, "mount": last.get("mount", 0) + 1, "strokes": drawing.ink, "penWidth": drawing.pen_width}


def _nothing() -> None:
    """Streamlit wants a callback for each value that a component sends."""
