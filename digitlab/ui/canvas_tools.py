"""The second surface: streamlit-drawable-canvas, where strokes can be selected, moved, scaled and turned."""

from typing import Any

import streamlit as st
from streamlit_drawable_canvas import st_canvas

from digitlab.ink import CANVAS
from digitlab.ui.drawing import Drawing, keep_drawing, kept_drawing
from digitlab.ui.fabric import to_drawing, to_fabric

_HINT = "The tools appear above the canvas. Choose the pencil there to move, turn or scale a stroke."


def canvas_with_tools(key: str, drawing_key: str | None = None) -> Drawing | None:
    """Show the canvas and give back what is drawn on it, or None while it is empty.

    key: the widget's key. drawing_key: where the session keeps the drawing (default: the same key); surfaces that
    share it show the same drawing.
    Raises BadInk when the browser sends something that is no ink.
    """
    place = drawing_key or key
    given = _given(key, place)
    st.space("medium")  # the canvas shows its tools above itself
    result = st_canvas(
        key=key,
        width=CANVAS,
        height=CANVAS,
        stroke_width=given["stroke_width"],
        stroke_color="#fff",
        background_color="#000",
        initial_drawing=given["drawing"],
    )
    st.caption(_HINT)
    drawing = to_drawing(result.json_data)
    keep_drawing(place, drawing)
    return drawing if drawing.ink else None


def _given(key: str, place: str) -> dict[str, Any]:
    """What the canvas starts with; the same until it is mounted anew, because a change would reset it."""
    memory = f"given to {key}"
    if key not in st.session_state:
        drawing = kept_drawing(place)
        st.session_state[memory] = {"drawing": to_fabric(drawing), "stroke_width": round(drawing.pen_width)}
    given: dict[str, Any] = st.session_state[memory]
    return given
