"""The way back in for a run that was downloaded as a zip file."""

import streamlit as st

from digitlab.errors import DigitlabError
from digitlab.jobs.turns import check_upload, room_for_upload
from digitlab.runs.label import title_of
from digitlab.ui.app.callouts import plain
from digitlab.ui.app.installation import settings
from digitlab.ui.app.visitor import visitor
from digitlab.ui.components.remount import mount_anew, mount_key
from digitlab.ui.train.actions import choose_run

_UPLOAD = "upload of a run"
_TROUBLE = "upload of a run, what went wrong"


def show_upload() -> None:
    """A button that opens the choice of a zip file. The new run is chosen; a bad file gets one line where it was
    dropped, until the next one comes."""
    with st.popover(
        "Upload a run",
        icon=":material/upload:",
        help="Brings back a run that was downloaded as a zip file.",
        key="popover of the upload",
    ):
        key = mount_key(_UPLOAD)
        st.file_uploader(
            "Archive of a run",
            type="zip",
            key=key,
            on_change=_unpack,
            args=(key,),
            help="The archive that Download made. It becomes a new run; nothing in it is executed.",
        )
        if trouble := st.session_state.get(_TROUBLE):
            st.error(plain(trouble), icon=":material/error:")


def _unpack(key: str) -> None:
    """Take the file in, and begin the widget anew, so that it is empty again."""
    from digitlab.runs.archive import unpack_run  # imports torch

    upload = st.session_state[key]
    if upload is None:
        return
    mount_anew(_UPLOAD)
    st.session_state[_TROUBLE] = ""
    try:
        check_upload(visitor(), settings())
        room = room_for_upload(visitor(), settings())
        run = unpack_run(upload.getvalue(), settings().runs, visitor().hand, room)
    except DigitlabError as error:
        st.session_state[_TROUBLE] = f"{upload.name} was not added. {error}"
        return
    choose_run(run.id)
    st.toast(f"{plain(title_of(run))} is here.", icon=":material/upload:")
