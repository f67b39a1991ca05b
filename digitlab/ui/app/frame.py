"""The frame around every page: the navigation and what all pages share. Streamlit runs it for each page view."""

from pathlib import Path

import streamlit as st

from digitlab.ui.app import readers
from digitlab.ui.app.address import page_file
from digitlab.ui.shared.data_picker import data_note
from digitlab.ui.train.sidebar import training_sidebar


def page(name: str, title: str, icon: str, default: bool = False) -> st.Page:
    """The page under the address `/<name>`."""
    return st.Page(page_file(name), title=title, icon=icon, url_path=name, default=default)


st.set_page_config(
    page_title="digitlab", page_icon=str(Path(__file__).with_name("icon.png")), layout="wide", menu_items={}
)
st.navigation(
    [
        page("draw", "Draw", ":material/draw:", default=True),
        page("train", "Train", ":material/monitoring:"),
        page("evaluate", "Evaluate", ":material/fact_check:"),
        page("inside", "Inside", ":material/visibility:"),
        page("compare", "Compare", ":material/compare_arrows:"),
        page("handwriting", "My handwriting", ":material/gesture:"),
    ]
).run()
readers.first_page_is_out()
with st.sidebar:
    training_sidebar()
    data_note()
