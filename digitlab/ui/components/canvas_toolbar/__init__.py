"""Shows the tools of streamlit-drawable-canvas below it, always and with their names.

By itself it shows them only under the pointer, above the canvas and without words; unseen, they lie over its top right
corner, where they take the pen's strokes and a tap clears the drawing.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import streamlit as st

_HERE = Path(__file__).parent

_component = st.components.v2.component(
    "digitlab.canvas_toolbar",
    html="<span hidden></span>",
    js=f"const LOOK = {json.dumps((_HERE / 'canvas_toolbar.css').read_text(encoding='utf-8'))};\n"
    + (_HERE / "canvas_toolbar.js").read_text(encoding="utf-8"),
)


@contextmanager
def named_tools(container: str) -> Iterator[None]:
    """What is shown in it stands in a container of this key, and a canvas among it has its tools below itself."""
    with st.container(key=container, gap=None):
        yield
        _component(key=f"toolbar in {container}", data={"container": container})
