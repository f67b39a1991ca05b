"""A sweep's figures, one at a time; marks that are picked are its trials, and stay marked from figure to figure."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import streamlit as st

from digitlab.config import label_of
from digitlab.errors import DigitlabError
from digitlab.sweeps.charts import (
    Chart,
    importance_chart,
    marked,
    parallel_chart,
    slice_charts,
    spread_chart,
    time_chart,
)
from digitlab.sweeps.plan import SweepPlan
from digitlab.sweeps.results import importance
from digitlab.sweeps.sweep import Sweep
from digitlab.sweeps.trials import Trial
from digitlab.ui.app import address
from digitlab.ui.app.callouts import show_error
from digitlab.ui.components.remount import mount_anew, mount_key
from digitlab.ui.shared.plots import show_plot
from digitlab.ui.sweeps.picks import pick_trials

_ALL, _SLICES, _IMPORTANCE, _TIME, _SPREAD = "All settings", "One setting", "Importance", "Time", "Seeds"
VIEWS = (_ALL, _SLICES, _IMPORTANCE, _TIME, _SPREAD)

_EMPTY = "The figures appear here when the first trial is trained to its end."
_FEW = "Importance needs eight trials that are done, and that did not all come to the same."
_ONE_SEED = "Each trial is trained once here. With several seeds this figure shows how far luck goes."
_SAID = {
    _ALL: "A line is a trial: where it crosses an axis is its value there. The best quarter is drawn last.",
    _SLICES: "Each mark is a trial. Where the marks lie low or high, the setting decides; a cloud says it does not.",
    _IMPORTANCE: "How much a setting has to do with a trial being among the best quarter; the shares add up to 100 %.",
    _TIME: "The joined trials are those that no other beats: none is both quicker and more accurate.",
    _SPREAD: "The same settings from other random weights: a difference smaller than this spread may be luck.",
}


def show_figures(sweep: Sweep, plan: SweepPlan, trials: Sequence[Trial], picked: Sequence[int]) -> None:
    """The choice of a figure, and the figure; a line in its place where there is none yet. picked: trials' numbers."""
    view = st.segmented_control(
        "Figure",
        VIEWS,
        required=True,
        **address.choice("view", VIEWS, help="What is shown of the trials that were trained to their end."),
    )
    if not any(trial.is_done for trial in trials):
        st.info(_EMPTY, icon=":material/insights:")
        return
    if view == _SLICES:
        _show_slices(sweep, plan, trials, picked)
    elif view == _IMPORTANCE:
        _show_importance(sweep, plan, trials)
    elif view == _SPREAD and plan.seeds < 2:
        st.info(_ONE_SEED, icon=":material/casino:")
    else:
        charts = {
            _ALL: lambda: parallel_chart(plan, trials, picked),
            _TIME: lambda: time_chart(trials, picked),
            _SPREAD: lambda: spread_chart(plan, trials),
        }
        chart = charts[view]()
        _show_to_pick(chart, view, sweep, picked)
        _say(view, chart)


def _show_slices(sweep: Sweep, plan: SweepPlan, trials: Sequence[Trial], picked: Sequence[int]) -> None:
    charts = slice_charts(plan, trials, picked)
    columns = st.columns(2) if len(charts) > 1 else [st.container()]
    for number, (field, chart) in enumerate(charts.items()):
        with columns[number % len(columns)]:
            _show_to_pick(chart, label_of(field), sweep, picked)
    _say(_SLICES, next(iter(charts.values())))


def _say(view: str, chart: Chart) -> None:
    st.caption(f"{_SAID[view]} {chart.note}".rstrip())


def _show_importance(sweep: Sweep, plan: SweepPlan, trials: Sequence[Trial]) -> None:
    try:
        shares = _importance(sweep.id, stamp_of(plan, trials), plan, trials)
    except DigitlabError as error:
        show_error(error)
        return
    if not shares:
        st.info(_FEW, icon=":material/insights:")
        return
    chart = importance_chart(shares)
    show_plot(chart.figure, f"{_IMPORTANCE} of the sweep", sweep.id, chart.said)
    st.caption(_SAID[_IMPORTANCE])


def stamp_of(plan: SweepPlan, trials: Sequence[Trial]) -> tuple[tuple[int, float | None], ...]:
    """What importance depends on, besides the plan and the settings, which never change: who is done, and how well."""
    return tuple((trial.number, trial.value(plan.objective)) for trial in trials if trial.is_done)


@st.cache_data(show_spinner=False, max_entries=32)
def _importance(
    name: str,  # noqa: ARG001  part of the cache's key
    stamp: tuple[tuple[int, float | None], ...],  # noqa: ARG001
    _plan: SweepPlan,
    _trials: Sequence[Trial],
) -> dict[str, float]:
    return importance(_plan, _trials)


def _show_to_pick(chart: Chart, name: str, sweep: Sweep, picked: Sequence[int]) -> None:
    title = f"{name} of the sweep"
    chart = marked(chart, picked)
    show_plot(chart.figure, title, sweep.id, chart.said, key=_key(title, picked), on_pick=partial(_pick, title))


def _key(title: str, picked: Sequence[int]) -> str:
    """The figure's widget key: another one when what was picked in it is no longer what is picked."""
    if st.session_state.get(_made(title), picked) != picked:
        st.session_state.pop(_made(title))
        mount_anew(title)
    return mount_key(title)


def _pick(title: str, numbers: list[Any]) -> None:
    st.session_state[_made(title)] = pick_trials(numbers)


def _made(title: str) -> str:
    return f"picked in {title}"
