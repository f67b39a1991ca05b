"""The frame around every page: the navigation and what all pages share. Streamlit runs it for each page view."""

from pathlib import Path

import streamlit as st

from digitlab.ui import predictors
from digitlab.ui.data_note import data_note
from digitlab.ui.training.sidebar import training_sidebar

ROOT = Path(__file__).parents[2]


def page(name: str, title: str, icon: str, default: bool = False) -> st.Page:
    """The page in `pages/<name>.py`, under the address `/<name>`."""
    return st.Page(ROOT / "pages" / f"{name}.py", title=title, icon=icon, url_path=name, default=default)


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
predictors.first_page_is_out()
with st.sidebar:
    training_sidebar()
    data_note()
