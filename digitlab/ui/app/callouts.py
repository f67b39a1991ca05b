"""Errors as one clear line on the page."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from digitlab.errors import DigitlabError
from digitlab.formats import plain as plain


def show_error(error: Exception) -> None:
    """Show an error as one line: a `DigitlabError` in its own words, any other as a defect of digitlab."""
    if isinstance(error, DigitlabError):
        st.error(plain(str(error)), icon=":material/error:")
    else:
        name = type(error).__name__
        st.error(f"Something went wrong here ({name}). The server's log has the details.", icon=":material/error:")


@contextmanager
def errors_shown() -> Iterator[None]:
    """Run a part of the page; a `DigitlabError` in it becomes one line, and the rest of the page goes on."""
    try:
        yield
    except DigitlabError as error:
        show_error(error)
