"""A long list in pages, with buttons to turn them; the page is in the address."""

import numpy as np
import streamlit as st

from digitlab.formats import count
from digitlab.ui.app import address

_LONGEST = 9
"""Digits of a page's number that is worth reading."""


def one_page(indices: np.ndarray, size: int, key: str) -> np.ndarray:
    """The indices on the page in the address, and above them the buttons when there is more than one page.

    A page beyond the last becomes the last: the list may have become shorter since.
    """
    pages = max(1, -(-len(indices) // size))
    asked = address.asked(key) or ""
    if asked.isdecimal() and (len(asked) > _LONGEST or int(asked) > pages):
        address.write(key, pages if pages > 1 else None)
    page: int = address.read(key, range(1, pages + 1), 1)
    if pages > 1:
        with st.container(horizontal=True, vertical_alignment="center"):
            _turn("Previous", ":material/chevron_left:", page - 1, pages, key)
            _turn("Next", ":material/chevron_right:", page + 1, pages, key)
            st.caption(f"Page {count(page)} of {count(pages)}, {count(len(indices))} images", width="content")
    return indices[(page - 1) * size : page * size]


def _turn(words: str, icon: str, target: int, pages: int, key: str) -> None:
    st.button(
        words,
        key=f"{words} {key}",
        icon=icon,
        disabled=not 1 <= target <= pages,
        on_click=address.write,
        args=(key, target),
        help=f"{words} page of images.",
    )
