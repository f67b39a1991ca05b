"""A run comes back from an archive."""

import streamlit as st

from digitlab.errors import DigitlabError
from digitlab.runs.labels import read_label
from digitlab.ui.callouts import plain, tell
from digitlab.ui.training.choice import choose_run

_MOUNT = "upload of a run, mount"
_SAID = "upload of a run, last word"


def show_upload() -> None:
    """A button that opens the choice of a zip file. The new run is chosen; a bad file gets one line."""
    with st.popover(
        "Upload a run", icon=":material/upload:", help="Brings back a run that was downloaded as a zip file."
    ):
        mount = st.session_state.setdefault(_MOUNT, 0)
        st.file_uploader(
            "Archive of a run",
            type="zip",
            key=f"upload of a run {mount}",
            on_change=_unpack,
            args=(f"upload of a run {mount}",),
            help="A zip file that Download made. It becomes a new run; nothing in it is executed.",
        )
    if error := st.session_state.pop(_SAID, None):
        tell(error)


def _unpack(key: str) -> None:
    """Take the file in, and give the widget another key, so that it is empty again."""
    from digitlab.runs.archive import unpack_run  # imports torch

    upload = st.session_state[key]
    if upload is None:
        return
    st.session_state[_MOUNT] += 1
    try:
        run = unpack_run(upload.getvalue())
    except DigitlabError as error:
        st.session_state[_SAID] = error
        return
    choose_run(run.id)
    st.toast(f"{plain(read_label(run).name)} is here.", icon=":material/upload:")
