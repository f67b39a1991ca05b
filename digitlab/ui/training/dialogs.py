"""What is asked before a run gets another name or is deleted."""

import streamlit as st

from digitlab.errors import DigitlabError
from digitlab.runs.deletion import delete_run
from digitlab.runs.labels import read_label, rename_run
from digitlab.runs.run import Run
from digitlab.ui.callouts import plain, tell
from digitlab.ui.training.choice import choose_run


@st.dialog("Rename the run", icon=":material/edit:")
def ask_name(run: Run) -> None:
    """Ask for another name."""
    name = st.text_input(
        "Name",
        read_label(run).name,
        max_chars=80,
        key=f"another name of {run.id}",
        help="At most 80 characters; the run id stays.",
    )
    if st.button("Rename", type="primary", key=f"rename {run.id}", help="The settings stay as they were."):
        try:
            rename_run(run, name)
        except DigitlabError as error:
            tell(error)
        else:
            st.rerun()


@st.dialog("Delete the run", icon=":material/delete:")
def ask_deletion(run: Run) -> None:
    """Ask twice: whether the run is no longer needed, and then for the deletion itself."""
    name = plain(read_label(run).name)
    st.markdown(f"**{name}** goes with its weights, curves, scores and log. It cannot be brought back.")
    sure = st.checkbox("I no longer need it", key=f"sure to delete {run.id}", help="Download it first to keep a copy.")
    if st.button("Delete for good", type="primary", disabled=not sure, help="Deletes the run's folder.") and sure:
        try:
            delete_run(run)
        except (DigitlabError, OSError) as error:
            tell(error)
        else:
            choose_run(None)
            st.toast(f"{name} is deleted.", icon=":material/delete:")
            st.rerun()
