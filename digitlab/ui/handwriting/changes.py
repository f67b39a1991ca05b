"""Changes of the kept drawings, for the callbacks of buttons: what went wrong is told when the page runs again."""

from collections.abc import Callable, Sequence

import streamlit as st

from digitlab.config import Settings
from digitlab.data.mine import KeptDrawing, delete, relabel
from digitlab.errors import DigitlabError
from digitlab.figures.numbers import count
from digitlab.ui import address
from digitlab.ui.callouts import tell
from digitlab.ui.handwriting.filters import forget_filters, forget_place

_SAID = "my handwriting, what went wrong"


def tell_what_went_wrong() -> None:
    """Show the error of the last change, if it had one."""
    if error := st.session_state.pop(_SAID, None):
        tell(error)


def try_to(change: Callable[[], object]) -> bool:
    """Make a change; an error is kept for `tell_what_went_wrong`. Returns whether it was made."""
    try:
        change()
    except DigitlabError as error:
        st.session_state[_SAID] = error
        return False
    return True


def relabel_one(kept: KeptDrawing, key: str) -> None:
    """Give the drawing the digit that the widget of this key has."""
    digit = st.session_state.get(key)
    if digit is None or digit == kept.drawing.digit:
        return
    if try_to(lambda: relabel(Settings.from_environment().data, kept.id, int(digit))):
        st.toast(f"It is a {digit} now.", icon=":material/edit:")


def delete_some(drawings: Sequence[KeptDrawing], shown: int) -> None:
    """Delete drawings. shown: how many the filter showed; when none is left of them, the filter goes, too."""
    if not try_to(lambda: delete(Settings.from_environment().data, [one.id for one in drawings])):
        return
    address.write("drawing", None)
    if len(drawings) == shown:
        forget_filters()
        forget_place()
    what = "The drawing is" if len(drawings) == 1 else f"{count(len(drawings))} drawings are"
    st.toast(f"{what} deleted.", icon=":material/delete:")
