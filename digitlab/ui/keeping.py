"""Keeping what users draw and label, under the writer's name that the page asks for."""

import streamlit as st

from digitlab.config import Settings
from digitlab.errors import DigitlabError
from digitlab.ui.callouts import plain, tell
from digitlab.ui.drawing import Drawing

_WRITER = "writer"
_LONGEST = 40


def ask_writer() -> None:
    """Show the field for the writer's name."""
    st.text_input(
        "Writer",
        key=_WRITER,
        placeholder="me",
        max_chars=_LONGEST,
        persist_state="session",
        help="Whose hand it is. Drawings that you label with 0 to 9 are kept under this name in My handwriting.",
    )


def keep_labelled(digit: int, drawing: Drawing) -> bool:
    """Keep a drawing as this digit, and say so; or say why it could not be kept, and give back False."""
    from digitlab.data.mine import keep

    writer = str(st.session_state.get(_WRITER) or "me")
    try:
        keep(Settings.from_environment().data, drawing.ink, digit, writer, drawing.pen_width)
    except DigitlabError as error:
        tell(error)
        return False
    st.toast(f"Kept as a {digit} by {plain(writer)}. It is under My handwriting.", icon=":material/gesture:")
    return True
