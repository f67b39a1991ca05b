"""HTML that changes in place.

`st.html` throws its nodes away at each change: images flash, bars jump, and a screen reader misses the new text of a
live region. Here only what differs is changed. What is said of a drawing also comes over the live channel, past the
page's run.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import streamlit as st

from digitlab.ui.components.live import LIVE_JS
from digitlab.ui.components.styles import styles

_HERE = Path(__file__).parent
_JS = (_HERE / "live_html.js").read_text(encoding="utf-8")


class Show(Protocol):
    """Shows HTML; at each run it changes only what differs.

    html: trusted markup: whatever comes from outside must have gone through `html.escape`. key: the same for the same
    element. wish: what it wants from the live channel, see `components.live.wish`; None for nothing. number: that of
    the drawing that the HTML speaks of; where the channel has answered a newer one, the HTML is not shown.
    """

    def __call__(self, html: str, key: str, wish: Mapping[str, Any] | None = None, number: int = 0) -> None: ...


def live_html(name: str, *sheets: Path, draw: Path | None = None) -> Show:
    """Make a kind of element for HTML that changes, with its own styles; call it once, when a module is imported.

    name: unique in the app. sheets: style sheets that reach nothing outside; Streamlit's theme is there as
    `--st-text-color` and so on. draw: a script with the function `drawValue(root, value)`, for views whose values come
    over the live channel as something else than HTML.
    """
    script = "" if draw is None else draw.read_text(encoding="utf-8")
    component = st.components.v2.component(
        name, html='<div class="live-html"></div>', css=styles(*sheets), js=f"{LIVE_JS}\n{script}\n{_JS}"
    )

    def show(html: str, key: str, wish: Mapping[str, Any] | None = None, number: int = 0) -> None:
        asked = {} if wish is None else {"wish": dict(wish), "number": number, "element": key}
        component(key=key, data={"html": html, **asked})

    return show
