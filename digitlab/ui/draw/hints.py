"""The first minute: three hints beside the answers, one at a time, which do not come back once they were followed or
closed. The browser remembers them; nothing waits for them."""

from pathlib import Path

import streamlit as st

from digitlab.ui.components.styles import styles

_HERE = Path(__file__).parent

HINTS = {
    "draw": "Draw a digit on the pad with mouse, pen or finger. Every model answers while you draw.",
    "look": "The bars are probabilities: how sure a model is of each digit. Do the models disagree? “Step by step”, "
    "under Look closer, shows what they see.",
    "teach": "Was an answer wrong? Say under the pad what it is: My handwriting keeps the drawing. Or train a model of "
    "your own from the sidebar.",
}
"""Name → text, in the order in which they come."""

_component = st.components.v2.component(
    "digitlab.hints",
    html=(_HERE / "hints.html").read_text(encoding="utf-8"),
    css=styles(_HERE / "hints.css"),
    js=(_HERE / "hints.js").read_text(encoding="utf-8"),
)


def show_hints(place: str, *, is_drawn: bool, looks_closer: bool, has_labelled: bool) -> None:
    """Show the hint that is due, if any: beside the answers, and below them where the page is small (`page.css`).

    place: "beside" or "below". The other arguments say which hints were followed.
    """
    with st.container(key=f"draw-hints-{place}"):
        _component(
            key=f"hints {place}",
            data={
                "hints": [[name, text] for name, text in HINTS.items()],
                "isDrawn": is_drawn,
                "followed": {"draw": is_drawn, "look": looks_closer, "teach": has_labelled},
            },
        )
