"""The chosen run: held in the address (`?run=<id>`), and what can be done with it; some of it is asked for first."""

from collections.abc import Callable

import streamlit as st

from digitlab.errors import DigitlabError
from digitlab.runs.listing import Entry, delete_run, rename_run, star_run, title_of
from digitlab.runs.run import Run
from digitlab.ui.app import address
from digitlab.ui.app.callouts import plain, show_error
from digitlab.ui.app.installation import catalogue
from digitlab.ui.train.cards import RESUMABLE, ask, clone, resume

_KEY = "run"
"""The name in the address."""


def choose_run(run_id: str | None) -> None:
    """Put a run into the address, or none."""
    address.write(_KEY, run_id)


def chosen_run() -> Run | None:
    """The run in the address; one that does not exist gets one line, and none is chosen."""
    asked = address.asked(_KEY)
    if not asked:
        return None
    try:
        return catalogue().find(asked)
    except DigitlabError as error:
        show_error(error)
        return None


@st.dialog("Rename the run", icon=":material/edit:")
def ask_name(run: Run) -> None:
    """Ask for another name."""
    name = st.text_input(
        "Name",
        title_of(run),
        max_chars=80,
        key=f"another name of {run.id}",
        help="At most 80 characters; the run id stays.",
    )
    if st.button("Rename", type="primary", key=f"rename {run.id}", help="The settings stay as they were."):
        try:
            rename_run(run, name)
        except DigitlabError as error:
            show_error(error)
        else:
            st.rerun()


@st.dialog("Delete the run", icon=":material/delete:")
def ask_deletion(run: Run, title: str) -> None:
    """Ask twice: whether the run is no longer needed, and then for the deletion itself. title: what to call it."""
    name = plain(title)
    st.markdown(f"**{name}** goes with its weights, curves, scores and log. It cannot be brought back.")
    sure = st.checkbox("I no longer need it", key=f"sure to delete {run.id}", help="Download it first to keep a copy.")
    if st.button("Delete for good", type="primary", disabled=not sure, help="Deletes the run's folder.") and sure:
        try:
            delete_run(run)
        except DigitlabError as error:
            show_error(error)
        else:
            choose_run(None)
            st.toast(f"{name} is deleted.", icon=":material/delete:")
            st.rerun()


_SHIPPED = " Checkpoints ship with digitlab and stay as they are; clone one to change its settings."


def show_actions(entry: Entry) -> None:
    """A row of buttons; those that do not apply are off and say why."""
    run, shipped = entry.run, entry.is_checkpoint
    with st.container(horizontal=True, gap="small"):
        _star(entry)
        if _button("Rename", ":material/edit:", "Gives the run another name.", shipped):
            ask_name(run)
        _button(
            "Clone", ":material/content_copy:", "Puts its settings into the sidebar.", False, lambda: ask(clone, run)
        )
        resumable = entry.state in RESUMABLE and not shipped
        words = "Goes on from the last saved step." if resumable else "Only stopped, failed or interrupted runs go on."
        _button("Resume", ":material/play_arrow:", words, not resumable, lambda: ask(resume, run))
        _download(run)
        if _button("Delete", ":material/delete:", "Asks first, then deletes the run's folder.", shipped):
            ask_deletion(run, entry.title)


def _star(entry: Entry) -> None:
    def toggle(run: Run) -> None:
        star_run(run, not entry.starred)

    label = "Unstar" if entry.starred else "Star"
    words = "Marks the run as a favourite, or no longer."
    _button(label, ":material/star:", words, entry.is_checkpoint, lambda: ask(toggle, entry.run))


def _button(label: str, icon: str, words: str, off: bool, action: Callable[[], None] | None = None) -> bool:
    help_text = words + _SHIPPED if off and label != "Resume" else words
    return st.button(label, icon=icon, help=help_text, disabled=off, on_click=action, key=f"chosen: {label}")


def _download(run: Run) -> None:
    def pack() -> bytes:
        from digitlab.runs.archive import pack_run  # imports torch

        return pack_run(run)

    st.download_button(
        "Download",
        pack,
        file_name=f"{run.id}.zip",
        mime="application/zip",
        icon=":material/download:",
        on_click="ignore",
        help="One zip file with settings, curves, weights and scores. It can be uploaded again, here or elsewhere.",
        key="chosen: Download",
    )
