"""How others come in: for the teacher of a class link, QR code and codes; otherwise how to start such a server."""

from html import escape
from pathlib import Path

import streamlit as st

from digitlab.classroom import Classroom
from digitlab.data.collection import collection_is_open, open_collection
from digitlab.errors import DigitlabError
from digitlab.ui.app.callouts import show_error
from digitlab.ui.app.installation import settings
from digitlab.ui.app.join_link import is_open_to_others, join_link, qr_address
from digitlab.ui.app.visitor import visitor
from digitlab.ui.components.live_html import live_html

COMMAND = "make class\n# or: DIGITLAB_SHARED=class streamlit run app.py --server.address 0.0.0.0"
"""Starts a class server; README and Makefile have it, too."""

_show = live_html("digitlab.joining", Path(__file__).with_name("joining.css"))
_SWITCH = "the class's collection"


def show_invitation(classroom: Classroom) -> None:
    """What the teacher puts on the projector, and the teacher's own code behind a click."""
    link = join_link(st.context.url or "")
    st.subheader("Join", anchor=False)
    _show(invitation_html(link, classroom.code), "invitation")
    if not is_open_to_others():
        st.warning(
            "This server listens on this computer only. To let a class in, end it and start it with "
            "`--server.address 0.0.0.0`.",
            icon=":material/wifi_off:",
        )
    with st.popover("Teacher's code", icon=":material/key:", help="Shows it. Switch the projector off first."):
        st.code(classroom.teacher_code, language=None)
        st.caption("Whoever has it may do everything here. It is also in the terminal that started the server.")


def invitation_html(link: str, code: str) -> str:
    """QR code, link and code, to be read from the last row."""
    return (
        f'<div class="invitation"><img src="{qr_address(link)}" alt="QR code of the link"><dl>'
        f"<div><dt>Open</dt><dd class='link'>{escape(link)}</dd></div>"
        f"<div><dt>Code</dt><dd class='code'>{escape(code)}</dd></div></dl></div>"
    )


def show_collection() -> None:
    """The teacher's switch that opens the class's collection."""
    st.subheader("The class's collection", anchor=False)
    st.session_state[_SWITCH] = collection_is_open(settings())
    st.toggle(
        "Collect what pupils label",
        key=_SWITCH,
        on_change=_switch,
        help="While it is on, each pupil's page says so, and drawings that they label from then on are also added to "
        "your My handwriting. Switch it off, and nothing more is added.",
    )
    st.caption(
        "What is collected is under your My handwriting, with the writers' names. Models can be trained on it: choose "
        "the data set My handwriting."
    )


def _switch() -> None:
    try:
        open_collection(settings(), bool(st.session_state[_SWITCH]), visitor())
    except DigitlabError as error:
        show_error(error)


def show_leaving() -> None:
    """The way out, for computers that several people use."""
    _show(
        '<p class="leaving">Do others use this computer, too? <a href="/leave" target="_self">Leave</a>, and your pass '
        "is taken back. You are asked once more.</p>",
        "leaving",
    )


def show_how_to_share() -> None:
    """How to start a server for a class."""
    st.subheader("For a class", anchor=False)
    st.markdown(
        "Everybody in a classroom can draw and train on one computer. End this server and start one for a class, in a "
        "network that you trust:"
    )
    st.code(COMMAND, language=None, wrap_lines=True)
    st.markdown(
        "The terminal then shows a link, a code for pupils and one for the teacher. Pupils see all runs, change only "
        "their own, and have their drawings to themselves."
    )
