"""Which of the kept drawings are shown: by digit and by writer, kept in the address (`?digit=7&hand=anna`)."""

from collections.abc import Sequence

import streamlit as st

from digitlab.data.mine import KeptDrawing
from digitlab.ui import address

_DIGIT, _WRITER = "digit", "hand"


def pick_shown(kept: Sequence[KeptDrawing]) -> list[KeptDrawing]:
    """Show the filters and give back what they leave, the newest first."""
    writers = sorted({one.drawing.writer for one in kept})
    with st.container(horizontal=True, vertical_alignment="bottom"):
        digit = st.pills(
            "Digit",
            range(10),
            wrap=True,
            help="Show the drawings of this digit alone; choose it again to see all.",
            **_from_the_start(address.choice(_DIGIT, range(10), optional=True)),
        )
        writer = st.selectbox(
            "Writer",
            writers,
            index=None,
            placeholder="Everyone",
            width=220,
            help="Show the drawings of one writer alone. The name is asked for on Draw.",
            **_from_the_start(address.choice(_WRITER, writers, optional=True)),
        )
    return [
        one for one in reversed(kept) if digit in (None, one.drawing.digit) and writer in (None, one.drawing.writer)
    ]


def chosen_writer() -> str | None:
    """The writer that the filter has left, if any; after `pick_shown`."""
    return st.session_state.get(_WRITER)


def forget_filters() -> None:
    """Show everything again."""
    address.write(_DIGIT, None)
    address.write(_WRITER, None)


def forget_place() -> None:
    """Go back to the first page and drawing, as after any change of what is shown."""
    for key in ("drawing", "page", "mistake", "mistakes-page"):
        address.write(key, None)


def _from_the_start(arguments: address.Arguments) -> address.Arguments:
    """The widget's arguments; a change of it also leads back to the first page."""
    follow, given = arguments["on_change"], arguments["args"]

    def change() -> None:
        follow(*given)
        forget_place()

    return {"key": arguments["key"], "on_change": change}
