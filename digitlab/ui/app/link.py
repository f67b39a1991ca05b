"""Links that hold more than the address shows: the drawing (`?ink=…`) and the training form (`?form=…`).

Both are taken into the session once, when the page opens, and then leave the address: what is drawn later stays.
"""

import streamlit as st

from digitlab.errors import DigitlabError
from digitlab.ink.link import from_link, to_link
from digitlab.ui.app import notice
from digitlab.ui.components.copy_link import copy_link
from digitlab.ui.components.drawing import DRAWING, remember_drawing, session_drawing
from digitlab.ui.draw.surfaces import WIDE_PAD
from digitlab.ui.shared.sent_image import SENT, SURFACE
from digitlab.ui.train.form import FORM
from digitlab.ui.train.form_link import fill_from_text, form_to_text

INK = "ink"
_TAKEN = "taken from a link"
_WITH_DRAWING = "link with the drawing"
_WIDE = "Number"


def take_link(page: str) -> None:
    """Take drawing and training form out of the address; what is wrong with them becomes one line.

    page: the page that opens. The browser's Back button may bring a link again that was taken there: what has been
    drawn since stays, and so does the address, or Back would end here.
    """
    asked = {name: st.query_params[name] for name in (INK, FORM) if name in st.query_params}
    last_page, last = st.session_state.get(_TAKEN, ("", {}))
    if asked and (page, asked) != (last_page, last):
        _take(asked)
        for name in asked:
            del st.query_params[name]
    st.session_state[_TAKEN] = (page, asked or (last if page == last_page else {}))


def _take(asked: dict[str, str]) -> None:
    try:
        if INK in asked:
            remember_drawing(_drawing_key(), from_link(asked[INK]))
    except DigitlabError as error:
        notice.say(str(error))
    try:
        if FORM in asked:
            fill_from_text(asked[FORM])
    except DigitlabError as error:
        notice.say(f"{error} The training form stays as it was.")


def _drawing_key() -> str:
    return WIDE_PAD if st.query_params.get(SURFACE) == _WIDE else DRAWING


@st.fragment
def show_link() -> None:
    """The button that opens the page's link, the same in a corner of every page.

    What the link holds is asked for when it opens: the drawing changes without a run of the whole page.
    """
    with (
        st.container(key="page-link"),
        st.popover(
            "Link",
            icon=":material/link:",
            type="tertiary",
            key="popover of the link",
            on_change="rerun",
            help="The address of this page with all that is chosen on it, to copy.",
        ) as opened,
    ):
        if opened.open:
            _show_parts()


def _show_parts() -> None:
    st.caption("Whoever opens this link sees the page as it stands now, on this installation or on one like it.")
    form = form_to_text()
    parts = {FORM: form} if form else {}
    drawing = session_drawing(_drawing_key())
    if drawing.ink and st.toggle(
        "With my drawing",
        key=_WITH_DRAWING,
        persist_state="session",
        help="Puts the strokes of your drawing on Draw into the link. They are in the link alone, nowhere else.",
    ):
        try:
            parts[INK] = to_link(drawing)
        except DigitlabError as error:
            st.warning(str(error), icon=":material/draw:")
    copy_link(parts, [SENT])
