"""Style sheets of the page, and of our own components, whose shadow trees the page's do not reach.

All of them end with one rule: who asks the system for less motion sees none.
"""

from collections.abc import Callable
from pathlib import Path

import streamlit as st

_HERE = Path(__file__).parent

SLIDER = _HERE / "slider.css"
"""The style sheet of sliders and buttons in our own components."""

SCROLL = _HERE / "scroll.css"
"""The style sheet of what may be wider than the page, in a `div.scroll`: it shows where there is more."""

_MOTION = _HERE / "motion.css"


def styles(*sheets: Path) -> str:
    """Several style sheets as one, in their order."""
    return "\n".join(sheet.read_text(encoding="utf-8") for sheet in (*sheets, _MOTION))


def page_style(name: str, sheet: Path) -> Callable[[], None]:
    """What puts a style sheet on the whole page; call it once in a run, before the elements that it is for.

    name: differs from that of every other page style. It comes as a component does, so that it is there no later than
    any component. What `st.html` shows waits for a file of its own, and the page may jump when that comes.
    """
    key = f"style-{name}"
    hidden = f".st-key-{key} {{ display: none; }}"  # else an empty line
    component = st.components.v2.component(f"digitlab.{key}", css=f"{styles(sheet)}\n{hidden}", isolate_styles=False)

    def put() -> None:
        component(key=key)

    return put


def scrolling(html: str, name: str) -> str:
    """HTML that may be wider than the page, so that it can be scrolled sideways, also by the arrow keys.

    name: what it is, for people; it must be escaped, as must what is in the HTML.
    """
    return f'<div class="scroll" role="region" tabindex="0" aria-label="{name}">{html}</div>'
