"""The frame around every page: the navigation and what all pages share. Streamlit runs it for each page view."""

from pathlib import Path

import streamlit as st

from digitlab.errors import DigitlabError
from digitlab.ui.app import address, locks, notice, readers
from digitlab.ui.app.address import page_file
from digitlab.ui.app.callouts import show_error
from digitlab.ui.app.link import show_link, take_link
from digitlab.ui.app.visitor import visitor
from digitlab.ui.components.comeback import run_after_comeback
from digitlab.ui.components.styles import styles
from digitlab.ui.shared.data_picker import data_note
from digitlab.ui.train.sidebar import training_sidebar


def page(name: str, title: str, icon: str, default: bool = False) -> st.Page:
    """The page under the address `/<name>`."""
    return st.Page(page_file(name), title=title, icon=icon, url_path=name, default=default)


# The icon comes first: the navigation would take the page's own, which the browser fetches from elsewhere.
st.set_page_config(page_icon=str(Path(__file__).with_name("icon.png")), layout="wide", menu_items={})
# By `st.html`, not as `page_style`: only where a run has such an element does a toast outlive the run that showed it.
st.html(f"<style>{styles(Path(__file__).with_name('frame.css'))}</style>")
chosen = st.navigation(
    [
        page("draw", "Draw", ":material/draw:", default=True),
        page("train", "Train", ":material/monitoring:"),
        page("sweeps", "Sweeps", ":material/tune:"),
        page("evaluate", "Evaluate", ":material/fact_check:"),
        page("inside", "Inside", ":material/visibility:"),
        page("compare", "Compare", ":material/compare_arrows:"),
        page("lab", "Lab", ":material/science:"),
        page("handwriting", "My handwriting", ":material/gesture:"),
        page("lessons", "Lessons", ":material/school:"),
        page("about", "About", ":material/info:"),
    ],
    position="hidden" if st.context.is_embedded else "sidebar",
)
st.set_page_config(page_title=f"{chosen.title} · digitlab")
try:
    visitor()
except DigitlabError as error:  # the pass has ended: nothing is shown to nobody
    show_error(error)
    st.stop()
address.begin()
notice.begin()
locks.begin()
above = st.empty()
take_link(chosen.url_path)
chosen.run()
with above:
    locks.show_unlock()
if st.context.is_embedded:  # within a lesson, which has the frame itself
    run_after_comeback()
else:
    with st.sidebar:
        training_sidebar()
        data_note()
        run_after_comeback()
    show_link()
readers.first_page_is_out()
