"""HTML that changes in place.

`st.html` throws its nodes away at each change: images flash, bars jump, and a screen reader misses the new text of a
live region. Here only what differs is changed.
"""

from collections.abc import Callable
from pathlib import Path

import streamlit as st

_HERE = Path(__file__).parent
_JS = (_HERE / "live_html.js").read_text(encoding="utf-8")

SLIDER = _HERE.parent / "slider.css"
"""The style sheet of sliders and buttons in our own components."""


def styles(*sheets: Path) -> str:
    """Several style sheets as one, in their order."""
    return "\n".join(sheet.read_text(encoding="utf-8") for sheet in sheets)


def live_html(name: str, *sheets: Path) -> Callable[[str, str], None]:
    """Make a kind of element for HTML that changes, with its own styles; call it once, when a module is imported.

    name: unique in the app. sheets: style sheets that reach nothing outside; Streamlit's theme is there as
    `--st-text-color` and so on.
    Returns show(html, key): at each run it changes only what differs. html is trusted markup: whatever comes from
    outside must have gone through `html.escape`. key: the same for the same element.
    """
    component = st.components.v2.component(name, html='<div class="live-html"></div>', css=styles(*sheets), js=_JS)

    def show(html: str, key: str) -> None:
        component(key=key, data={"html": html})

    return show
