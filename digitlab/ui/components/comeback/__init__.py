"""Has the whole page run again when the connection is back: a server that was restarted knows none of its parts.

Streamlit's browser side then asks for a run only in some cases; without one, every part of a page that runs by itself
(a fragment) stays dead, and what its widgets send is lost.
"""

from pathlib import Path

import streamlit as st

_component = st.components.v2.component(
    "digitlab.comeback",
    html="<span hidden></span>",
    js=(Path(__file__).parent / "comeback.js").read_text(encoding="utf-8"),
)


def run_after_comeback() -> None:
    """Watch the connection; call it once a page, outside of fragments."""
    _component(key="comeback", on_back_change=_nothing)


def _nothing() -> None:
    """Streamlit wants a callback for each value that a component sends."""
