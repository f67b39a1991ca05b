"""An image that another page sends to Draw, for the models there to read.

It goes by a link, not by a button that changes the page: Streamlit empties the address of the page that it leaves so,
and the browser's Back would find it without what was chosen there.
"""

from typing import NamedTuple

import numpy as np
import streamlit as st

from digitlab.ui.app.address import page_file

SURFACE = "surface"
"""What Draw calls the choice of a surface in its address."""

SENT = "sent"
"""What Draw's address calls the offer that was taken."""

_KEY = "image sent to draw"
_OFFERS = "images offered to draw"


class SentImage(NamedTuple):
    """An image, `uint8` of shape (28, 28), and a line that says where it comes from."""

    image: np.ndarray
    origin: str


def open_in_draw(image: np.ndarray, origin: str, key: str) -> None:
    """A link that opens Draw with this image instead of a picture. key: another one for each link of the app."""
    st.session_state.setdefault(_OFFERS, {})[key] = SentImage(image, origin)
    st.page_link(
        page_file("draw"),
        label="Open in Draw",
        icon=":material/draw:",
        help="Any number of models then read this image.",
        query_params={SURFACE: "Picture", SENT: key},
        width="content",
    )


def sent_image() -> SentImage | None:
    """What was sent last, unless it was put away."""
    offers: dict[str, SentImage] = st.session_state.get(_OFFERS, {})
    taken = offers.get(st.query_params.get(SENT, ""))
    if taken is not None:
        st.session_state[_KEY] = taken
    sent: SentImage | None = st.session_state.get(_KEY)
    return sent


def put_away() -> None:
    """Forget the image that was sent."""
    st.session_state.pop(_KEY, None)
    st.query_params.pop(SENT, None)
