"""Makes the canvas with tools live: looks at it in the browser while the pen is down, for the live channel.

streamlit-drawable-canvas sends its strokes only when the pen has been lifted; until then its picture is all there is.
"""

from pathlib import Path

import streamlit as st

from digitlab.ui.components.live import LIVE_JS

_component = st.components.v2.component(
    "digitlab.canvas_eye",
    html="<span hidden></span>",
    js=LIVE_JS + (Path(__file__).parent / "canvas_eye.js").read_text(encoding="utf-8"),
)


def canvas_eye(key: str, container: str) -> None:
    """Follow the canvas in the container of this key. key: names its drawing in the live channel."""
    _component(key=f"eye of {key}", data={"pad": key, "container": container})
