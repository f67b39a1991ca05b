"""HTML that changes in place.

`st.html` throws its nodes away at each change: images flash, bars jump, and a screen reader misses the new text of a
live region. Here only what differs is changed.
"""

from collections.abc import Callable
from pathlib import Path

import streamlit as st

_JS = (Path(__file__).parent / "live_html.js").read_text(encoding="utf-8")


def live_html(name: str, css: str) -> Callable[[str, str], None]:
    """Make a kind of place for HTML that changes, with its own styles; call it once, when a module is imported.

    name: unique in the app. css: reaches nothing outside; Streamlit's theme is there as `--st-text-color` and so on.
    Returns show(html, key): at each run it changes only what differs. html is trusted markup: whatever comes from
    outside must have gone through `html.escape`. key: the same for the same place.
    """
    component = st.components.v2.component(name, html='<div class="live-html"></div>', css=css, js=_JS)

    def show(html: str, key: str) -> None:
        component(key=key, data={"html": html})

    return show
