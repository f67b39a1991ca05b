"""Two buttons below a figure that save it as PNG and as SVG, in the browser: nothing is drawn anew on the server."""

import re
from pathlib import Path

import streamlit as st

from digitlab.ui.components.styles import styles

_HERE = Path(__file__).parent

_component = st.components.v2.component(
    "digitlab.save_figure",
    html='<div class="save" role="group"><span role="status"></span><span aria-hidden="true">Save as</span>'
    '<button type="button" value="png">PNG</button><button type="button" value="svg">SVG</button></div>',
    css=styles(_HERE / "save_figure.css"),
    js=(_HERE / "save_figure.js").read_text(encoding="utf-8"),
)


def save_figure(key: str, name: str, file: str) -> None:
    """Show the buttons. key: of the plotly figure or the component that holds an `svg.figure`. name: what it is, for
    people. file: the saved file's name without its ending."""
    target = "st-key-" + re.sub(r"[^a-zA-Z0-9_-]", "-", key)  # the class that Streamlit gives to what has this key
    _component(key=f"save {key}", data={"target": target, "name": name, "file": file})
