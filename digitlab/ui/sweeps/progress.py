"""Where a sweep stands, looked at again while it is under way; the rest of the page is drawn anew only at news."""

import time
from dataclasses import dataclass

import streamlit as st

from digitlab.errors import DigitlabError
from digitlab.formats import count, duration
from digitlab.sweeps.journal import Told, read_journal
from digitlab.sweeps.plan import SweepPlan
from digitlab.sweeps.sweep import UNDER_WAY, Sweep, SweepState
from digitlab.ui.app import address
from digitlab.ui.app.callouts import plain, show_error
from digitlab.ui.sweeps.chosen import show_actions

EVERY = 1.0
"""Seconds between two looks at a sweep that is under way. Otherwise there is none at all."""

_CALM = 5.0
"""Seconds for which figures stay as they are, however many trials end: they could not be read otherwise."""


@dataclass(frozen=True)
class Seen:
    """What the page shows of a sweep. ended: trials that have. at: when it was drawn, by the monotonic clock."""

    state: SweepState | None
    ended: int
    at: float


def show_progress(sweep: Sweep) -> SweepState | None:
    """State, trials, time, and what can be asked of it; gives back the state, None for a damaged one."""
    seen = look(sweep)
    body = st.fragment(_look_again, run_every=EVERY if seen.state in UNDER_WAY else None)
    body(sweep, seen)
    return seen.state


def look(sweep: Sweep) -> Seen:
    """A sweep as it is now; without a state where its plan, its status or its list of trials is damaged."""
    try:
        _ = sweep.plan
        return Seen(sweep.state, _count_ended(read_journal(sweep.journal)), time.monotonic())
    except DigitlabError:
        return Seen(None, 0, time.monotonic())


def is_news(seen: Seen, now: Seen) -> bool:
    """Whether the page is to be drawn anew: at another state at once, at trials that ended after a while."""
    return now.state is not seen.state or (now.ended != seen.ended and now.at - seen.at >= _CALM)


def _look_again(sweep: Sweep, seen: Seen) -> None:
    if is_news(seen, look(sweep)):
        address.rerun()
    try:
        _show(sweep)
    except DigitlabError as error:
        show_error(error)
    show_actions(sweep, seen.state)


def _show(sweep: Sweep) -> None:
    plan, status, state = sweep.plan, sweep.status, sweep.state
    told = read_journal(sweep.journal)
    text = in_words(plan, told, state, status.seconds)
    st.progress(share_of(plan, told, state, status.seconds), plain(text))
    if state is SweepState.INTERRUPTED:
        st.warning("Its process is gone. Resume goes on where it was.", icon=":material/power_off:")
    elif state is SweepState.FAILED and status.message:
        st.error(plain(status.message), icon=":material/error:")


def in_words(plan: SweepPlan, told: list[Told], state: SweepState, seconds: float) -> str:
    """`running: 5 of 12 trials, 1 stopped early, 41 s of 10 min`."""
    of = f" of {count(plan.most_trials)}" if plan.most_trials else ""
    parts = [f"{state.capitalize()}: {count(_count_ended(told))}{of} trials"]
    for ending, words in (("pruned", "stopped early"), ("failed", "failed")):
        if number := sum(trial.ending == ending for trial in told):
            parts.append(f"{count(number)} {words}")
    limit = f" of {duration(plan.most_seconds)}" if plan.most_seconds else ""
    return ", ".join([*parts, f"{duration(seconds)}{limit}"])


def share_of(plan: SweepPlan, told: list[Told], state: SweepState, seconds: float) -> float:
    """How far it is, in 0..1, by its trials or its time, whichever ends it first."""
    if state is SweepState.DONE:
        return 1.0
    by_trials = _count_ended(told) / plan.most_trials if plan.most_trials else 0.0
    by_time = seconds / plan.most_seconds if plan.most_seconds else 0.0
    return min(1.0, max(by_trials, by_time))


def _count_ended(told: list[Told]) -> int:
    return sum(trial.ending is not None for trial in told)
