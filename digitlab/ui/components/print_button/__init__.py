"""A button that prints the page."""

from pathlib import Path

import streamlit as st

from digitlab.ui.components.styles import styles

_component = st.components.v2.component(
    "digitlab.print_button",
    html='<button type="button">Print</button>',
    css=styles(Path(__file__).with_name("print_button.css")),
    js='export default ({ parentElement }) => {parentElement.querySelector("button").onclick = () => window.print(); }',
)


def print_button() -> None:
    """Show the button; on paper it is not seen."""
    _component(key="print")
