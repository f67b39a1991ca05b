"""The part of the Train page that polls while something runs: cards on top, the curves of one run below."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import streamlit as st

from digitlab.config import Settings
from digitlab.errors import DigitlabError
from digitlab.runs.catalog import find_run
from digitlab.runs.overview import RunOverview
from digitlab.runs.run import Run
from digitlab.runs.status import UNFINISHED, State
from digitlab.ui.training.cards import is_hidden, show_cards
from digitlab.ui.training.choice import choose_run
from digitlab.ui.training.states import WENT_WRONG
from digitlab.ui.training.watched import show_watched

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


def show_live(overviews: Sequence[RunOverview], chosen: str | None) -> None:
    """Show what is under way and what went wrong lately, and poll as long as a process is at work.

    chosen: the id of the run in the address; its curves are shown if it is under way.
    """
    active = sorted((o for o in overviews if o.state in UNFINISHED), key=lambda o: o.state is State.QUEUED)
    states = {overview.run_id: overview.state for overview in active}
    body = st.fragment(_live, run_every=EVERY if states else None)
    body(states, _troubles(overviews), chosen, _news())


def _live(states: Mapping[str, State], troubles: Sequence[str], chosen: str | None, news: int) -> None:
    """One look. Runs the whole page again, once, when a run's state has changed or another run has appeared.

    states: of the runs under way, as the rest of the page shows them.
    """
    ids = list(states)
    try:
        runs = [find_run(run_id) for run_id in ids]
        changed = any(run.state is not states[run.id] for run in runs)
    except DigitlabError:  # deleted meanwhile
        changed = True
    if changed or (ids and news != _news()):
        st.rerun()
    if not ids and not troubles:
        st.info(_EMPTY, icon=":material/monitoring:")
    watched = chosen if chosen in ids else next(iter(ids), None)
    show_cards(runs[:_MOST_CARDS], watched, choose_run)
    show_cards(_found(troubles), watched, choose_run)
    if len(ids) > _MOST_CARDS:
        st.caption(f"{len(ids) - _MOST_CARDS} more wait; the table lists them.")
    if watched:
        show_watched(find_run(watched))


def _troubles(overviews: Sequence[RunOverview]) -> list[str]:
    """Runs that failed or were interrupted within the last hour, the newest first, unless they were hidden."""
    wrong = [o.run_id for o in overviews if o.state in WENT_WRONG and o.kind == "run" and not is_hidden(o.run_id)]
    return [run.id for run in _found(wrong[:_LOOKED_AT]) if _is_recent(run)][:_MOST_TROUBLES]


def _found(ids: Sequence[str]) -> list[Run]:
    runs = []
    for run_id in ids:
        try:
            runs.append(find_run(run_id))
        except DigitlabError:
            continue
    return runs


def _is_recent(run: Run) -> bool:
    try:
        return datetime.now(UTC) - datetime.fromisoformat(run.status.updated) < _RECENT
    except (DigitlabError, ValueError, TypeError):
        return False


def _news() -> int:
    """Changes when a run appears in the runs folder or goes from it."""
    try:
        return Settings.from_environment().runs.stat().st_mtime_ns
    except OSError:
        return 0
