"""The chosen run: held in the address (`?run=<id>`), and what can be done with it; some of it is asked for first."""

from collections.abc import Callable, Sequence

import streamlit as st

from digitlab.errors import DigitlabError
from digitlab.runs.label import LONGEST_NOTES, MOST_TAGS, describe_run, read_label, rename_run, star_run, title_of
from digitlab.runs.listing import Entry, delete_run
from digitlab.runs.run import Run
from digitlab.ui.app import address
from digitlab.ui.app.callouts import plain, show_error
from digitlab.ui.app.installation import catalogue
from digitlab.ui.app.visitor import may_change, may_see, visitor
from digitlab.ui.train.cards import NOT_YOURS, RESUMABLE, ask, clone, resume
from digitlab.ui.train.download_menu import show_download_menu

_KEY, _SEVERAL = "run", "curves"
"""The names in the address: of the chosen run, and of several whose curves lie over each other."""

MOST_OVERLAID = 6
"""Runs whose curves can lie over each other: as many as there are colours."""


def choose_run(run_id: str | None) -> None:
    """Put a run into the address, or none."""
    choose_runs([] if run_id is None else [run_id])


def choose_runs(run_ids: Sequence[str]) -> None:
    """Put one run into the address, or several whose curves are to lie over each other, or none."""
    one = run_ids[0] if len(run_ids) == 1 else None
    several = ",".join(run_ids[:MOST_OVERLAID]) if len(run_ids) > 1 else None
    address.write_all({_KEY: one, _SEVERAL: several})


def overlaid_runs() -> list[str]:
    """The ids in the address of runs whose curves are to lie over each other; those that do not exist are left out."""
    asked = (address.asked(_SEVERAL) or "").split(",")[:MOST_OVERLAID]
    return [run.id for name in dict.fromkeys(asked) if name and (run := _find(name)) is not None]


def _find(name: str) -> Run | None:
    try:
        return catalogue().find(name)
    except DigitlabError:
        return None


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
    """Ask for another name; Enter renames."""
    with st.form(f"rename {run.id}", border=False):
        name = st.text_input(
            "Name",
            title_of(run),
            max_chars=80,
            key=f"another name of {run.id}",
            help="At most 80 characters; the run id stays.",
        )
        place = st.container()
        renamed = st.form_submit_button("Rename", type="primary", help="The settings stay as they were.")
    if renamed:
        with place:
            _keep(lambda: rename_run(run, name, visitor()))


@st.dialog("Notes and tags", icon=":material/sell:")
def ask_notes(run: Run) -> None:
    """Ask for what is to be remembered of the run."""
    label = read_label(run)
    known = sorted({tag for entry in catalogue().entries() for tag in entry.tags})
    with st.form(f"notes on {run.id}", border=False):
        tags = st.multiselect(
            "Tags",
            known,
            default=list(label.tags),
            accept_new_options=True,
            max_selections=MOST_TAGS,
            placeholder="Choose, or type a new one",
            key=f"tags of {run.id}",
            help="The table of runs can be filtered by them.",
        )
        notes = st.text_area(
            "Notes",
            label.notes,
            max_chars=LONGEST_NOTES,
            height=160,
            key=f"notes on {run.id}",
            help="What you want to remember about this run. Ctrl+Enter saves it.",
        )
        place = st.container()
        kept = st.form_submit_button("Keep", type="primary", help="Saved with the run, and part of its download.")
    if kept:
        with place:
            _keep(lambda: describe_run(run, notes, tags, visitor()))


def _keep(change: Callable[[], None]) -> None:
    """Make the change and close the dialog; what is wrong is said in it."""
    try:
        change()
    except DigitlabError as error:
        show_error(error)
    else:
        address.rerun()


@st.dialog("Delete the run", icon=":material/delete:")
def ask_deletion(run: Run, title: str) -> None:
    """Ask twice: whether the run is no longer needed, and then for the deletion itself. title: what to call it."""
    name = plain(title)
    st.markdown(f"**{name}** will be deleted with its weights, curves, scores and log. It cannot be brought back.")
    sure = st.checkbox("I no longer need it", key=f"sure to delete {run.id}", help="Download it first to keep a copy.")
    if st.button("Delete for good", type="primary", disabled=not sure, help="Deletes the run's folder.") and sure:
        try:
            delete_run(run, visitor())
        except DigitlabError as error:
            show_error(error)
        else:
            choose_run(None)
            st.toast(f"{name} is deleted.", icon=":material/delete:")
            address.rerun()


_SHIPPED = "Checkpoints ship with digitlab and stay as they are; clone one to change its settings."


def _why_fixed(entry: Entry) -> str:
    """Why the visitor cannot change the run; empty when they can."""
    return _SHIPPED if entry.is_checkpoint else "" if may_change(entry.run) else NOT_YOURS


def show_actions(entry: Entry) -> None:
    """A row of buttons; those that do not apply are off and say why."""
    run, fixed = entry.run, _why_fixed(entry)
    with st.container(horizontal=True, gap="small"):
        _star(entry)
        if _button("Rename", ":material/edit:", "Gives the run another name.", fixed):
            ask_name(run)
        if _button("Notes", ":material/sell:", "Adds notes and tags to the run.", fixed):
            ask_notes(run)
        _button(
            "Clone", ":material/content_copy:", "Copies its settings into the sidebar.", "", lambda: ask(clone, run)
        )
        why_not = "" if entry.state in RESUMABLE else "Only stopped, failed or interrupted runs go on."
        words = "Goes on from the last saved step."
        _button("Resume", ":material/play_arrow:", words, why_not or fixed, lambda: ask(resume, run))
        if may_see(run):
            show_download_menu(run)
        if _button("Delete", ":material/delete:", "Asks first, then deletes the run's folder.", fixed):
            ask_deletion(run, entry.title)


def _star(entry: Entry) -> None:
    def toggle(run: Run) -> None:
        star_run(run, not entry.starred, visitor())

    label = "Unstar" if entry.starred else "Star"
    words = "Marks the run as a favourite, or no longer."
    _button(label, ":material/star:", words, _why_fixed(entry), lambda: ask(toggle, entry.run))


def _button(label: str, icon: str, words: str, why_off: str, action: Callable[[], None] | None = None) -> bool:
    """A button; off where there is a reason why, which its help then says."""
    help_text = f"{words} {why_off}".rstrip()
    return st.button(label, icon=icon, help=help_text, disabled=bool(why_off), on_click=action, key=f"chosen: {label}")
