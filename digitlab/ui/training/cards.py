"""The cards of runs: what is under way, and what went wrong lately, each with what can be asked of it."""

from collections.abc import Callable, Sequence
from pathlib import Path

import streamlit as st

from digitlab.errors import DigitlabError
from digitlab.jobs.control import read_command
from digitlab.jobs.log import tail
from digitlab.jobs.start import pause_job, resume_job, stop_job
from digitlab.runs.labels import read_label
from digitlab.runs.run import Run
from digitlab.runs.status import State, Status
from digitlab.ui.callouts import plain
from digitlab.ui.live_html import live_html
from digitlab.ui.sent_image import DRAW_PAGE
from digitlab.ui.training.form import fill_form
from digitlab.ui.training.run_card import RunCard, card_html
from digitlab.ui.training.states import WENT_WRONG, reason, state_in_words

_show = live_html("digitlab.run_card", (Path(__file__).parent / "run_card.css").read_text(encoding="utf-8"))

_HIDDEN = "cards that are hidden"
_PER_ROW = 2


def show_cards(runs: Sequence[Run], watched: str | None, watch: Callable[[str], None]) -> None:
    """A card for each run, two in a row.

    watched: the id of the run whose curves are shown. watch: is called with the id of another that should be.
    Raises BadRun when a run is gone.
    """
    for start in range(0, len(runs), _PER_ROW):
        row = runs[start : start + _PER_ROW]
        for column, run in zip(st.columns(_PER_ROW if len(runs) > 1 else 1), row, strict=False):
            with column, st.container(border=True, height="stretch"):
                _show_card(run, watched, watch)


def _show_card(run: Run, watched: str | None, watch: Callable[[str], None]) -> None:
    state, status = run.state, run.status
    words = state_in_words(state, read_command(run))
    name = read_label(run).name
    _show(card_html(RunCard(name, run.config, state, words, status, reason(state, status.message))), f"card {run.id}")
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
        if state in WENT_WRONG:
            _after_trouble(run)
        else:
            _controls(run, state)
            _links(run, status, watched, watch)


def _controls(run: Run, state: State) -> None:
    if state is State.RUNNING:
        _button(run, "Pause", ":material/pause:", pause_job, "Keeps everything and gives the slot to others.")
    if state is State.PAUSED:
        _button(run, "Resume", ":material/play_arrow:", resume_job, "Goes on exactly where it paused.")
    _button(run, "Stop", ":material/stop:", stop_job, "Ends the training. What is learned is kept; it can be resumed.")


def _links(run: Run, status: Status, watched: str | None, watch: Callable[[str], None]) -> None:
    if watched != run.id:
        st.button(
            "Curves",
            key=f"watch {run.id}",
            icon=":material/monitoring:",
            on_click=watch,
            args=(run.id,),
            help="Shows this run's curves below the cards.",
        )
    if status.step:
        st.page_link(
            DRAW_PAGE,
            label="Ask on Draw",
            icon=":material/draw:",
            query_params={"models": f"softmax,cnn,{run.id}"},
            help="Draw a digit and see how this run answers while it learns.",
        )


def _after_trouble(run: Run) -> None:
    _button(run, "Resume", ":material/play_arrow:", resume_job, "Goes on from the last saved step.")
    _button(run, "Clone", ":material/content_copy:", clone, "Puts its settings into the sidebar, to change and start.")
    _button(run, "Hide", ":material/close:", _hide, "Takes the card away. The run stays in the table.")
    with st.popover("Log", icon=":material/article:", help="The end of what the run's process printed."):
        st.code(_log(run), language=None, height=220, wrap_lines=True)


def _button(run: Run, label: str, icon: str, action: Callable[[Run], None], words: str) -> None:
    """A button whose action may fail: then one line says why, for a few seconds."""
    st.button(label, key=f"{label} {run.id}", icon=icon, on_click=ask, args=(action, run), help=words, type="secondary")


def ask(action: Callable[[Run], None], run: Run) -> None:
    """Do something with a run, in a widget's callback; what is wrong is said in a toast."""
    try:
        action(run)
    except DigitlabError as error:
        st.toast(plain(str(error)), icon=":material/error:")


def clone(run: Run) -> None:
    """Put a run's settings into the sidebar's form. Raises BadRun or BadConfig when they cannot be read."""
    name = read_label(run).name
    fill_form(run.config.replace(name=name))
    st.toast(f"The sidebar now holds the settings of {plain(name)}.", icon=":material/content_copy:")


def show_log(run: Run) -> None:
    """The end of what the run's process printed, one click away."""
    with st.expander("Log", icon=":material/article:"):
        st.code(_log(run), language=None, height=220, wrap_lines=True)


def _log(run: Run) -> str:
    return tail(run) or "The process has printed nothing."


def is_hidden(run_id: str) -> bool:
    """Whether this session hid the run's card."""
    return run_id in st.session_state.get(_HIDDEN, ())


def _hide(run: Run) -> None:
    st.session_state[_HIDDEN] = {*st.session_state.get(_HIDDEN, ()), run.id}
