"""The second surface: streamlit-drawable-canvas, where strokes can be selected, moved, scaled and turned."""

from collections.abc import Callable

import streamlit as st
from streamlit_drawable_canvas import st_canvas

from digitlab.ink import CANVAS
from digitlab.ui.drawing import Drawing, keep_drawing, kept_drawing
from digitlab.ui.fabric import to_drawing, to_fabric
from digitlab.ui.mounts import Start, mount_anew, mount_key, start_of
from digitlab.ui.reruns import rerun_fragment

_HINT = "The tools appear above the canvas. Choose the pencil there to move, turn or scale a stroke."


def canvas_with_tools(
    key: str, drawing_key: str | None = None, *, on_label: Callable[[int, Drawing], bool] | None = None
) -> Drawing | None:
    """Show the canvas and give back what is drawn on it, or None while it is empty.

    key: the widget's key. drawing_key: where the session keeps the drawing (default: the same key); surfaces that
    share it show the same drawing.
    on_label: is called for every drawing that the user says is a certain digit; if it gives back True, the canvas is
    then empty. Without it there is no such row of digits.
    Raises BadInk when the browser sends something that is no ink.
    """
    place = drawing_key or key
    mount = mount_key(key)
    given = start_of(mount, lambda _last: _start(kept_drawing(place)))
    st.space("medium")  # the canvas shows its tools above itself
    result = st_canvas(
        key=mount,
        width=CANVAS,
        height=CANVAS,
        stroke_width=given["stroke_width"],
        stroke_color="#fff",
        background_color="#000",
        initial_drawing=given["drawing"],
    )
    st.caption(_HINT)
    drawing = to_drawing(result.json_data)
    if not drawing.ink:
        drawing = _emptied(kept_drawing(place))
    keep_drawing(place, drawing)
    digit = _pick_label(key, drawing) if on_label else None
    if on_label and digit is not None and drawing.ink and on_label(digit, drawing):
        keep_drawing(place, _emptied(drawing))
        mount_anew(key)
        rerun_fragment()
    return drawing if drawing.ink else None


def _emptied(drawing: Drawing) -> Drawing:
    """Nothing drawn, with the same pen."""
    return drawing._replace(ink=[])


def _pick_label(key: str, drawing: Drawing) -> int | None:
    """Show the row of digits, and give back the one that was just chosen; none is chosen in the next run.

    The canvas sends a stroke 200 ms after the pen is lifted: a label that comes sooner is for what was there before.
    """
    asked = f"labels asked on {key}"
    turn = st.session_state.setdefault(asked, 0)
    digit: int | None = st.pills(
        "It was a",
        range(10),
        key=f"label {turn} on {key}",
        disabled=not drawing.ink,
        wrap=True,
        help="Keeps the drawing as this digit in My handwriting, and makes room for the next.",
    )
    st.session_state[asked] += digit is not None
    return digit


def _start(drawing: Drawing) -> Start:
    return {"drawing": to_fabric(drawing), "stroke_width": round(drawing.pen_width)}
