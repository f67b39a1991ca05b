"""The image as the numbers that the model gets."""

import numpy as np
import streamlit as st

from digitlab.formats import count
from digitlab.ui.app import address
from digitlab.ui.components.styles import scrolling

_HELP = (
    "Shows the image as the model gets it: a grey value for each of its 28×28 pixels, from 0 (black) to 255 (white)."
)
_STYLE = (
    "border-collapse:collapse;font:0.62rem/1 monospace;font-variant-numeric:tabular-nums;background:#000;color:#fff"
)


def show_pixels(image: np.ndarray) -> None:
    """A switch, and the table of grey values that it opens. image: `uint8` of shape (28, 28)."""
    if st.toggle("As numbers", width="content", **address.switch("numbers", help=_HELP)):
        st.html(scrolling(pixels_html(image), "The grey values of the image"))
        st.caption(f"{count(image.size)} numbers; {count(int((image > 0).sum()))} of them are not 0.")


def pixels_html(image: np.ndarray) -> str:
    """The grey values as a table, each on its own grey."""
    rows = "".join(f"<tr>{''.join(map(_cell, row.tolist()))}</tr>" for row in image)
    return f'<table style="{_STYLE}"><tbody>{rows}</tbody></table>'


def _cell(value: int) -> str:
    text = "#000" if value > 127 else "#fff" if value else "#9a9a9a"
    style = (
        f"background:rgb({value},{value},{value});color:{text};padding:0.22rem 0.1rem;text-align:right;min-width:1.3rem"
    )
    return f'<td style="{style}">{value}</td>'
