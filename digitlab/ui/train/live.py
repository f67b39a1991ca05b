"""The part of the Train page that polls while something runs: cards on top, the curves of one run below."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import streamlit as st

from digitlab.errors import DigitlabError
from digitlab.figures.training import PANELS, points
from digitlab.runs.history import history_so_far
from digitlab.runs.label import title_of
from digitlab.runs.listing import Entry
from digitlab.runs.run import Run
from digitlab.runs.status import UNFINISHED, State
from digitlab.ui.app import address
from digitlab.ui.app.callouts import errors_shown, plain
from digitlab.ui.app.installation import catalogue, settings
from digitlab.ui.train.actions import choose_run
from digitlab.ui.train.cards import WENT_WRONG, is_hidden, show_cards, show_log
from digitlab.ui.train.curves import ask_smoothing, show_chart
from digitlab.ui.train.learned import show_learned
from digitlab.ui.train.states import Line, look_at_line

_HOW = (
    "Training is measured while the weights still change, validation after each epoch. Drag to move a chart, turn the "
    "wheel with Ctrl to zoom, double-click to go back."
)
_WAITING = "The first point appears when the data are loaded and 1,000 images have been read, usually within seconds."
_IN_LINE = "The curves begin when it is the turn of this run."


def show_watched(run: Run) -> None:
    """Four charts, two in a row, of fixed height; then samples, weights and log."""
    status, config, records = run.status, run.config, history_so_far(run.history_file)
    name = title_of(run)
    st.header(f"Curves of {plain(name)}", anchor=False)
    waiting = _IN_LINE if status.state is State.QUEUED else _WAITING
    st.caption(_HOW if records else waiting)
    per_epoch = status.steps / config.epochs if config.epochs else 0.0
    smoothing = ask_smoothing("live")
    for pair in (PANELS[:2], PANELS[2:]):
        for column, panel in zip(st.columns(2), pair, strict=True):
            with column:
                curves = {name: points(panel, records, per_epoch)}
                show_chart(panel, curves, config.epochs, smoothing, f"{panel.title} of {run.id}")
    show_learned(run)
    show_log(run)


EVERY = 1.0
"""Seconds between two looks while something is under way. Otherwise there is none at all."""

_RECENT = timedelta(hours=1)
_MOST_TROUBLES = 3
_LOOKED_AT = 20
_MOST_CARDS = 8

_EMPTY = (
    "Nothing is training. Choose a preset in the sidebar and press Start: its progress and its curves appear here "
    "within seconds, and stay on this page when you come back."
)


def show_live(entries: Sequence[Entry], chosen: str | None, line: Line) -> None:
    """Show what is under way and what went wrong lately, and poll as long as a process is at work.

    chosen: the id of the run in the address; its curves are shown if it is under way and not in line.
    """
    active = [entry for entry in entries if entry.state in UNFINISHED]
    states = in_order({entry.id: entry.state for entry in active}, line)
    body = st.fragment(_live, run_every=EVERY if states else None)
    body(states, _troubles(entries), chosen, _news())


def in_order(states: Mapping[str, State], line: Line) -> dict[str, State]:
    """The runs under way, the oldest first, and behind them those that wait, as they stand in line."""

    def place(run_id: str) -> tuple[int, str]:  # an id begins with the time
        return (line.ids.index(run_id) + 1 if run_id in line.ids else 0, run_id)

    return {run_id: states[run_id] for run_id in sorted(states, key=place)}


def watched_run(states: Mapping[str, State], chosen: str | None) -> str | None:
    """The run whose curves are shown: the chosen one, unless it waits while another has curves to look at."""
    if chosen and states.get(chosen, State.QUEUED) is not State.QUEUED:
        return chosen
    with_curves = [run_id for run_id, state in states.items() if state is not State.QUEUED]
    return next(iter([*with_curves, *states]), None)


def _live(states: Mapping[str, State], troubles: Sequence[str], chosen: str | None, news: int) -> None:
    """One look. Runs the whole page again, once, when a run's state has changed or another run has appeared.

    states: of the runs under way, as the rest of the page shows them.
    """
    ids = list(states)
    try:
        runs = [catalogue().find(run_id) for run_id in ids]
        changed = any(run.state is not states[run.id] for run in runs)
    except DigitlabError:  # deleted meanwhile
        changed = True
    if changed or (ids and news != _news()):
        address.rerun()
    if not ids and not troubles:
        st.info(_EMPTY, icon=":material/monitoring:")
    watched = watched_run(states, chosen)
    line = look_at_line(states)
    with errors_shown():  # a file may become damaged between two looks
        show_cards(runs[:_MOST_CARDS], line, watched, choose_run)
        show_cards(_found(troubles), line, watched, choose_run)
        if len(ids) > _MOST_CARDS:
            st.caption(f"{len(ids) - _MOST_CARDS} more wait; the table lists them.")
        if watched:
            show_watched(catalogue().find(watched))


def _troubles(entries: Sequence[Entry]) -> list[str]:
    """Runs that failed or were interrupted within the last hour, the newest first, unless they were hidden."""
    wrong = [e.id for e in entries if e.state in WENT_WRONG and not e.is_checkpoint and not is_hidden(e.id)]
    return [run.id for run in _found(wrong[:_LOOKED_AT]) if _is_recent(run)][:_MOST_TROUBLES]


def _found(ids: Sequence[str]) -> list[Run]:
    runs = []
    for run_id in ids:
        try:
            runs.append(catalogue().find(run_id))
        except DigitlabError:
            continue
    return runs


def _is_recent(run: Run) -> bool:
    try:
        since = datetime.now(UTC) - datetime.fromisoformat(run.status.updated)
        return abs(since) < _RECENT  # where the clock was set back, a run may be of the future
    except (DigitlabError, ValueError):  # damaged meanwhile, or never updated
        return False


def _news() -> int:
    """Changes when a run appears in the runs folder or goes from it."""
    try:
        return settings().runs.stat().st_mtime_ns
    except OSError:
        return 0
