"""Another page of the app within this one, alive and without its frame."""

from collections.abc import Mapping
from pathlib import Path

import streamlit as st

from digitlab.ui.components.styles import styles

_HERE = Path(__file__).parent

_component = st.components.v2.component(
    "digitlab.live_page",
    html="<figure><iframe></iframe><figcaption></figcaption></figure>",
    css=styles(_HERE / "live_page.css"),
    js=(_HERE / "live_page.js").read_text(encoding="utf-8"),
)


def live_page(page: str, query: Mapping[str, str], caption: str, key: str) -> None:
    """Show a page with what is chosen on it.

    page: its path; empty for the first. caption: what it shows, for people.
    """
    _component(key=key, data={"page": page, "query": dict(query), "caption": caption})
