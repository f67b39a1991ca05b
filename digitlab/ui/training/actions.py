"""What can be done with the chosen run."""

from collections.abc import Callable

import streamlit as st

from digitlab.jobs.start import resume_job
from digitlab.runs.labels import read_label, star_run
from digitlab.runs.overview import RunOverview
from digitlab.runs.run import Run
from digitlab.ui.training.cards import ask, clone
from digitlab.ui.training.dialogs import ask_deletion, ask_name
from digitlab.ui.training.states import RESUMABLE

_SHIPPED = " Checkpoints ship with digitlab and stay as they are; clone one to change its settings."


def show_actions(run: Run, overview: RunOverview) -> None:
    """A row of buttons; those that do not apply are off and say why."""
    shipped = overview.kind == "checkpoint"
    with st.container(horizontal=True, gap="small"):
        _star(run, overview, shipped)
        if _button("Rename", ":material/edit:", "Gives the run another name.", shipped):
            ask_name(run)
        _button(
            "Clone", ":material/content_copy:", "Puts its settings into the sidebar.", False, lambda: ask(clone, run)
        )
        resumable = overview.state in RESUMABLE and not shipped
        words = "Goes on from the last saved step." if resumable else "Only stopped, failed or interrupted runs go on."
        _button("Resume", ":material/play_arrow:", words, not resumable, lambda: ask(resume_job, run))
        _download(run)
        if _button("Delete", ":material/delete:", "Asks first, then deletes the run's folder.", shipped):
            ask_deletion(run)


def _star(run: Run, overview: RunOverview, shipped: bool) -> None:
    label = "Unstar" if overview.starred else "Star"
    words = "Marks the run as a favourite, or no longer."
    _button(label, ":material/star:", words, shipped, lambda: ask(_toggle_star, run))


def _toggle_star(run: Run) -> None:
    star_run(run, not read_label(run).starred)


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
