"""The cards of runs: what is under way, and what went wrong lately, each with what can be asked of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import streamlit as st

from digitlab.config import TrainConfig
from digitlab.data.dataset import data_title
from digitlab.errors import DigitlabError, UnknownName
from digitlab.formats import count, duration, percent
from digitlab.jobs.queue import read_command
from digitlab.jobs.start import pause_job, resume_job, stop_job
from digitlab.runs.label import title_of
from digitlab.runs.run import Run
from digitlab.runs.status import State, Status
from digitlab.ui.app.address import page_file
from digitlab.ui.app.callouts import plain
from digitlab.ui.app.installation import catalogue, settings
from digitlab.ui.app.visitor import may_change, visitor
from digitlab.ui.components.live_html import live_html
from digitlab.ui.train.form import fill_form
from digitlab.ui.train.states import Line, reason, state_in_words

RESUMABLE = frozenset({State.STOPPED, State.FAILED, State.INTERRUPTED})
"""States without a process, from which a run can go on."""

WENT_WRONG = frozenset({State.FAILED, State.INTERRUPTED})


@dataclass(frozen=True)
class RunCard:
    """What a card shows. words: the state for people. reason: a line on why, empty when there is none."""

    name: str
    config: TrainConfig
    state: State
    words: str
    status: Status
    reason: str = ""


def card_html(card: RunCard) -> str:
    """Name, state, progress and the figures of the moment; where something went wrong, the reason in their place."""
    name, config = escape(card.name), card.config
    progress = "" if card.state in WENT_WRONG else _bar(card.status) + _figures(card)
    return (
        f'<article class="run {card.state}" aria-label="{name}">'
        f'<header><h2 title="{name}">{name}</h2><span class="state">{escape(card.words)}</span></header>'
        f'<p class="what">{escape(config.model)} on {escape(data_title(config.data))}</p>'
        f"{progress}"
        f'<p class="reason">{escape(card.reason)}</p></article>'
    )


def _bar(status: Status) -> str:
    share = status.step / status.steps if status.steps else 0.0
    whole = round(100 * min(1.0, share))
    return (
        f'<div class="track" role="progressbar" aria-label="Progress" aria-valuenow="{whole}" aria-valuemin="0"'
        f' aria-valuemax="100"><div class="bar" style="width:{100 * min(1.0, share):.2f}%"></div></div>'
    )


def _figures(card: RunCard) -> str:
    status = card.status
    epoch = min(status.epoch + 1, card.config.epochs) if status.step or card.state is not State.QUEUED else 0
    left = status.time_left if card.state is State.RUNNING else None
    figures = {
        "Epoch": f"{count(epoch)} of {count(card.config.epochs)}",
        "Step": f"{count(status.step)} of {count(status.steps)}" if status.steps else "–",
        "Time left": "–" if left is None else duration(left),
        "Training loss": "–" if status.loss is None else f"{status.loss:.4f}",
        "Training accuracy": "–" if status.accuracy is None else percent(status.accuracy, 2),
    }
    return f"<dl>{''.join(f'<div><dt>{label}</dt><dd>{value}</dd></div>' for label, value in figures.items())}</dl>"


_show = live_html("digitlab.run_card", Path(__file__).with_name("cards.css"))

NOT_YOURS = "This run belongs to somebody else: only they and the teacher may change it."
"""The help of a button that is off for this visitor."""

_HIDDEN = "cards that are hidden"
_PER_ROW = 2


def show_cards(runs: Sequence[Run], line: Line, watched: str | None, watch: Callable[[str], None]) -> None:
    """A card for each run, two in a row.

    line: those that wait for a slot. watched: the id of the run whose curves are shown. watch: is called with the id of
    another that should be. Raises BadRun when a run is gone.
    """
    for start in range(0, len(runs), _PER_ROW):
        row = runs[start : start + _PER_ROW]
        for column, run in zip(st.columns(_PER_ROW if len(runs) > 1 else 1), row, strict=False):
            with column, st.container(border=True, height="stretch"):
                _show_card(run, line, watched, watch)


def _show_card(run: Run, line: Line, watched: str | None, watch: Callable[[str], None]) -> None:
    state, status = run.state, run.status
    words = state_in_words(run.id, state, line, read_command(run))
    said = reason(state, status.message, words)
    _show(card_html(RunCard(title_of(run), run.config, state, words, status, said)), f"card {run.id}")
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
        if state in WENT_WRONG:
            _after_trouble(run)
        else:
            _controls(run, state)
            _links(run, state, status, watched, watch)


def _controls(run: Run, state: State) -> None:
    if state is State.RUNNING:
        _button(run, "Pause", ":material/pause:", _pause, "Keeps everything, and lets another run train meanwhile.")
    if state is State.PAUSED:
        _button(run, "Resume", ":material/play_arrow:", resume, "Goes on exactly where it paused.")
    _button(run, "Stop", ":material/stop:", _stop, "Ends the training. What is learned is kept; it can be resumed.")


def _links(run: Run, state: State, status: Status, watched: str | None, watch: Callable[[str], None]) -> None:
    if watched != run.id and state is not State.QUEUED:
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
            page_file("draw"),
            label="Ask on Draw",
            icon=":material/draw:",
            query_params={"models": f"softmax,cnn,{run.id}"},
            help="Draw a digit and see how this run answers while it learns.",
        )


def _after_trouble(run: Run) -> None:
    _button(run, "Resume", ":material/play_arrow:", resume, "Goes on from the last saved step.")
    _button(
        run,
        "Clone",
        ":material/content_copy:",
        clone,
        "Copies its settings into the sidebar, to change them and start.",
    )
    _button(run, "Hide", ":material/close:", _hide, "Hides the card. The run stays in the table.")
    with st.popover("Log", icon=":material/article:", help="The last lines that the run's process printed."):
        st.code(_log(run), language=None, height=220, wrap_lines=True)


def _button(run: Run, label: str, icon: str, action: Callable[[Run], None], words: str) -> None:
    """A button whose action may fail: then one line says why, for a few seconds."""
    off = action in (_pause, _stop, resume) and not may_change(run)
    how: dict[str, Any] = {"help": NOT_YOURS if off else words, "disabled": off}
    st.button(label, key=f"{label} {run.id}", icon=icon, on_click=ask, args=(action, run), **how)


def ask(action: Callable[[Run], None], run: Run) -> None:
    """Do something with a run, in a widget's callback; what is wrong is said in a toast."""
    try:
        action(run)
    except DigitlabError as error:
        st.toast(plain(str(error)), icon=":material/error:")


def resume(run: Run) -> None:
    """Let a run go on. Raises what `resume_job` raises."""
    resume_job(run, settings(), visitor())


def _pause(run: Run) -> None:
    pause_job(run, visitor())


def _stop(run: Run) -> None:
    stop_job(run, settings(), visitor())


def clone(run: Run) -> None:
    """Put a run's settings into the sidebar's form. Raises BadRun or BadConfig when they cannot be read.

    Teachers are left out where they are not here, as those of a run from elsewhere: no training could start with them.
    """
    name, config = title_of(run), run.config
    here = [teacher for teacher in config.teacher_names if _is_here(teacher)]
    without = "" if len(here) == len(config.teacher_names) else ", without teachers that are not here"
    fill_form(config.replace(name=name, teachers="+".join(here)))
    st.toast(f"The sidebar now holds the settings of {plain(name)}{without}.", icon=":material/content_copy:")


def _is_here(name: str) -> bool:
    try:
        catalogue().find(name)
    except UnknownName:
        return False
    return True


def show_log(run: Run) -> None:
    """The end of what the run's process printed, one click away."""
    with st.expander("Log", icon=":material/article:"):
        st.code(_log(run), language=None, height=220, wrap_lines=True)


def _log(run: Run) -> str:
    return run.read_log() or "The process has printed nothing yet."


def is_hidden(run_id: str) -> bool:
    """Whether this session hid the run's card."""
    return run_id in st.session_state.get(_HIDDEN, ())


def _hide(run: Run) -> None:
    st.session_state[_HIDDEN] = {*st.session_state.get(_HIDDEN, ()), run.id}
