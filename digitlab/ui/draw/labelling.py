"""Adding what users draw and label to My handwriting, under the writer's name that the page asks for."""

import streamlit as st

from digitlab.access import ShareFull
from digitlab.data import collection
from digitlab.data.handwriting import ME
from digitlab.data.handwriting_file import is_told_now
from digitlab.errors import DigitlabError
from digitlab.ui.app.callouts import plain, show_error
from digitlab.ui.app.installation import settings
from digitlab.ui.app.visitor import own_settings, visitor
from digitlab.ui.components.drawing import DigitLabel
from digitlab.ui.shared.collection_note import was_told

_WRITER = "writer"
_LONGEST = 40

_LABELLED = "a drawing was labelled"
_EXPLAINED = "where labelled drawings go is explained"
_WHERE = (
    "Drawings that you label are kept on the computer that runs digitlab. The page **My handwriting** shows them, and "
    "deletes one or all."
)


def ask_writer() -> None:
    """Show the field for the writer's name."""
    st.text_input(
        "Writer",
        key=_WRITER,
        placeholder=ME,
        max_chars=_LONGEST,
        persist_state="session",
        help="Whose hand it is. Drawings that you label with 0 to 9 are added to My handwriting under this name.",
    )


def take_label(label: DigitLabel) -> bool:
    """Add a drawing as this digit, or take it back, and say so; or say why it could not be, and give back False."""
    try:
        _add(label) if label.stands else _take_back(label)
    except DigitlabError as error:
        show_error(error)
        return False
    return True


def has_labelled() -> bool:
    """Whether a drawing was labelled in this session."""
    return bool(st.session_state.get(_LABELLED))


def _add(label: DigitLabel) -> None:
    writer = str(st.session_state.get(_WRITER) or ME)
    try:
        collection.add_labelled(settings(), visitor(), label.drawing, label.digit, writer, label.id, pooled=was_told())
    except ShareFull as full:  # it is among the pupil's own all the same
        show_error(full)
    st.session_state[_LABELLED] = True
    st.session_state[_EXPLAINED] = st.session_state.get(_EXPLAINED) or is_told_now(own_settings().drawings)
    st.toast(
        f"Added to My handwriting as {label.digit}, written by {plain(writer)}. “Take it back” undoes it.",
        icon=":material/gesture:",
    )


def _take_back(label: DigitLabel) -> None:
    if collection.take_back(settings(), visitor(), label.id):
        st.toast(f"Taken back: the {label.digit} is no longer in My handwriting.", icon=":material/undo:")


def explain_keeping() -> None:
    """After the first label of all: one line that says where drawings go, until it is closed.

    For an empty pad: on a phone it would push the answers to a drawing off the screen.
    """
    if not st.session_state.get(_EXPLAINED):
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(_WHERE, width="stretch")
        st.button("Close", type="tertiary", on_click=_close, help="This is not said again.")


def _close() -> None:
    st.session_state[_EXPLAINED] = False
