"""An image that another page sends to Draw, for the models there to read."""

from typing import NamedTuple

import numpy as np
import streamlit as st

from digitlab.ui.app import address
from digitlab.ui.app.address import page_file

SURFACE = "surface"
"""What Draw calls the choice of a surface in its address."""

_KEY = "image sent to draw"


class SentImage(NamedTuple):
    """An image, `uint8` of shape (28, 28), and a line that says where it comes from."""

    image: np.ndarray
    origin: str


def open_in_draw(image: np.ndarray, origin: str, key: str) -> None:
    """A button that opens Draw with this image instead of a picture."""
    if st.button("Open in Draw", key=key, icon=":material/draw:", help="Any number of models then read this image."):
        st.session_state[_KEY] = SentImage(image, origin)
        address.choose(SURFACE, "Picture")
        st.switch_page(page_file("draw"))


def sent_image() -> SentImage | None:
    """What was sent last, unless it was put away."""
    return st.session_state.get(_KEY)


def put_away() -> None:
    """Forget the image that was sent."""
    st.session_state.pop(_KEY, None)
