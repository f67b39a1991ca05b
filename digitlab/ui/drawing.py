"""The drawing on the screen: what every surface gives back, kept in the session over a change of page."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import streamlit as st

from digitlab.data.kept import is_pen_width
from digitlab.errors import BadInk
from digitlab.ink import PEN_WIDTH, Ink, check_ink


class Drawing(NamedTuple):
    """Ink in canvas pixels (280×280, y down) and the width of the pen that drew it."""

    ink: Ink
    pen_width: float = PEN_WIDTH


def checked_drawing(value: Mapping[str, Any]) -> Drawing:
    """What a browser sent, `{"strokes": …, "penWidth": …}`, as a drawing.

    Raises BadInk when the strokes are no ink or the pen width is no number from 1 to 100.
    """
    width = value.get("penWidth")
    if not is_pen_width(width):
        raise BadInk(f"The pen width must be a number from 1 to 100; got {str(width)[:40]}.")
    return Drawing(check_ink(value.get("strokes")), float(width))


def kept_drawing(key: str) -> Drawing:
    """The drawing that the session keeps under this key; empty at first."""
    drawing: Drawing = st.session_state.get(_place(key), Drawing([]))
    return drawing


def keep_drawing(key: str, drawing: Drawing) -> None:
    """Keep a drawing in the session. A surface shows it when it is next mounted."""
    st.session_state[_place(key)] = drawing


def _place(key: str) -> str:
    return f"drawing of {key}"
