"""Adding what users draw and label to My handwriting, under the writer's name that the page asks for."""

import streamlit as st

from digitlab.data.handwriting import add_drawing
from digitlab.errors import DigitlabError
from digitlab.ui.app.callouts import plain, show_error
from digitlab.ui.app.installation import settings
from digitlab.ui.components.drawing import DigitLabel

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


def add_labelled(label: DigitLabel) -> bool:
    """Add a drawing as this digit, and say so; or say why it could not be written, and give back False."""
    writer = str(st.session_state.get(_WRITER) or "me")
    try:
        add_drawing(settings().data, label.drawing, label.digit, writer, label.id)
    except DigitlabError as error:
        show_error(error)
        return False
    st.toast(f"Kept as a {label.digit} by {plain(writer)}. It is under My handwriting.", icon=":material/gesture:")
    return True
