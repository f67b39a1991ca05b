"""A long list in pages, with buttons to turn them; the page is kept in the address."""

import numpy as np
import streamlit as st

from digitlab.figures.numbers import count
from digitlab.ui import address

_LONGEST = 9
"""Digits of a page's number that is worth reading."""


def one_page(places: np.ndarray, size: int, key: str) -> np.ndarray:
    """The places of the page in the address, and above them the buttons when there is more than one page.

    A page beyond the last becomes the last: the list may have become shorter since.
    """
    pages = max(1, -(-len(places) // size))
    asked = st.query_params.get(key, "")
    if asked.isdecimal() and (len(asked) > _LONGEST or int(asked) > pages):
        address.write(key, pages if pages > 1 else None)
    page: int = address.read(key, range(1, pages + 1), 1)
    if pages > 1:
        with st.container(horizontal=True, vertical_alignment="center"):
            _turn("Previous", ":material/chevron_left:", page - 1, pages, key)
            _turn("Next", ":material/chevron_right:", page + 1, pages, key)
            st.caption(f"Page {count(page)} of {count(pages)}, {count(len(places))} images", width="content")
    return places[(page - 1) * size : page * size]


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
