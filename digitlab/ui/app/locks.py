"""What a link locks: `?lock=model,panels` switches off the controls of these names, which a lesson has set."""

import streamlit as st

from digitlab.ui.app import notice
from digitlab.ui.app.callouts import plain

LOCKED = "A lesson has set this; “Unlock” at the top of the page lets you change it."
"""What the help of a locked control begins with."""

_KEY = "lock"
_MET = "names that can be locked"


def is_locked(name: str) -> bool:
    """Whether the address locks the control of this name."""
    if isinstance(met := st.session_state.get(_MET), set):
        met.add(name)
    return name in _names()


def begin() -> None:
    """Forget what controls the page before had; before each page."""
    st.session_state[_MET] = set()


def show_unlock() -> None:
    """What is locked, and the way to unlock it; nothing where nothing is. After the page, in a place above it."""
    names, met = _names(), st.session_state.get(_MET, set())
    if unknown := [name for name in names if name not in met]:
        notice.say_unknown(f"{_KEY} = {','.join(unknown)[:60]}")
    if locked := [name for name in names if name in met]:
        with st.container(key="locked", horizontal=True, vertical_alignment="center", gap="small"):
            words = f"A lesson has set and locked: {', '.join(locked)}."
            st.caption(plain(words), width="content")
            st.button("Unlock", type="tertiary", on_click=_unlock, help="Lets you change what the lesson has set.")


def _names() -> list[str]:
    text = st.query_params.get(_KEY, "")
    return [part for part in dict.fromkeys(text.split(",")) if part]


def _unlock() -> None:
    st.query_params.pop(_KEY, None)
