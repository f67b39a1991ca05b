"""The link of the page as it stands: a field that holds it, and a button that copies it."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import streamlit as st

from digitlab.ui.components.styles import styles

_HERE = Path(__file__).parent

_component = st.components.v2.component(
    "digitlab.copy_link",
    html='<div class="link"><label><span>Link</span><input type="text" readonly></label>'
    '<button type="button">Copy link</button><p role="status"></p></div>',
    css=styles(_HERE / "copy_link.css"),
    js=(_HERE / "copy_link.js").read_text(encoding="utf-8"),
)


def copy_link(parts: Mapping[str, str], without: Sequence[str] = ()) -> None:
    """Show the link: the browser's address with these parts added, and others left out that mean nothing elsewhere."""
    _component(key="copy link", data={"parts": dict(parts), "without": list(without)})
