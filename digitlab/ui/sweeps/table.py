"""The table of trials, and a line on the best of them; choosing rows picks trials."""

from collections.abc import Sequence
from typing import Any

import pandas as pd  # type: ignore[import-untyped]
import streamlit as st

from digitlab.config import label_of
from digitlab.formats import percent
from digitlab.sweeps.plan import Objective, SweepPlan
from digitlab.sweeps.results import ranked
from digitlab.sweeps.trials import Trial
from digitlab.ui.app.address import page_file
from digitlab.ui.app.callouts import plain
from digitlab.ui.components.remount import mount_anew, mount_key
from digitlab.ui.sweeps.picks import pick_trials

_TABLE = "table of trials"
_SHOWN = "table of trials, as the browser has it"
_ROW = 35
_MOST_ROWS = 12


def show_best(plan: SweepPlan, trials: Sequence[Trial], *, under_way: bool) -> None:
    """The best trial in one line, with a link to its run; nothing while none is done."""
    best = ranked(trials, plan.objective)
    if not best:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        so_far = " so far" if under_way else ""
        st.markdown(f"**Best{so_far}: trial {best[0].number}.** {plain(in_words(best[0]))}", width="content")
        st.page_link(
            page_file("train"),
            label="Open its run on Train",
            icon=":material/monitoring:",
            query_params={"run": best[0].runs[0].run.id},
            help="Opens the Train page with this run's curves.",
        )


def in_words(trial: Trial) -> str:
    """What a trial came to, and by which settings."""
    loss, accuracy = trial.value(Objective.LOSS), trial.value(Objective.ACCURACY)
    parts = [f"{label_of(field).lower()} {_text(value)}" for field, value in trial.setting.items()]
    if accuracy is not None:
        parts.append(f"validation accuracy {percent(accuracy, 2)}")
    if loss is not None:
        parts.append(f"validation loss {loss:.4f}")
    return f"{', '.join(parts)}."


def _text(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def rows(plan: SweepPlan, trials: Sequence[Trial]) -> pd.DataFrame:
    """A row for each trial, the best first, then those that are not done. Accuracies are in percent."""
    columns: dict[str, list[Any]] = {
        "Trial": [trial.number for trial in trials],
        "State": [_state(trial) for trial in trials],
        "Validation loss": [trial.value(Objective.LOSS) for trial in trials],
        "Validation accuracy": [_percent(trial.value(Objective.ACCURACY)) for trial in trials],
        **{label_of(field): [trial.setting.get(field) for trial in trials] for field in plan.space},
        "Seconds": [trial.seconds for trial in trials],
        "Runs": [len(trial.runs) for trial in trials],
        "Why": [trial.reason or None for trial in trials],
    }
    return pd.DataFrame(columns)


_WORDS = {"done": "done", "pruned": "stopped early", "failed": "failed"}


def _state(trial: Trial) -> str:
    return "under way" if trial.ending is None else _WORDS[trial.ending]


def _percent(share: float | None) -> float | None:
    return None if share is None else 100 * share


def in_order(plan: SweepPlan, trials: Sequence[Trial]) -> list[Trial]:
    """As the table has them: the best first, then those that are not done, as they were tried."""
    best = ranked(trials, plan.objective)
    numbers = {trial.number for trial in best}
    return [*best, *(trial for trial in trials if trial.number not in numbers)]


def show_table(plan: SweepPlan, trials: Sequence[Trial], picked: Sequence[int]) -> None:
    """Show all trials. picked: the numbers of those whose rows are marked."""
    ordered = in_order(plan, trials)
    data = rows(plan, ordered)
    numbers = tuple(trial.number for trial in ordered)
    key = _key(numbers, picked)
    st.dataframe(
        data,
        key=key,
        height=_ROW * (min(max(len(data), 1), _MOST_ROWS) + 1) + 3,
        row_height=_ROW,
        hide_index=True,
        column_config=_columns(plan, data),
        on_select=lambda: _choose(key, numbers),
        selection_mode="multi-row",
        selection_default={"selection": {"rows": [row for row, number in enumerate(numbers) if number in picked]}},
        placeholder="–",
        alt="All trials of the sweep with their settings and results",
    )


def _key(numbers: Sequence[int], picked: Sequence[int]) -> str:
    """The table's widget key: another one when the marked rows are no longer where the browser has them."""
    now = (tuple(numbers), frozenset(picked))
    if st.session_state.get(_SHOWN) != now:
        st.session_state[_SHOWN] = now
        mount_anew(_TABLE)
    return mount_key(_TABLE)


def _choose(key: str, numbers: tuple[int, ...]) -> None:
    chosen = [numbers[row] for row in st.session_state[key]["selection"]["rows"] if row < len(numbers)]
    st.session_state[_SHOWN] = (numbers, frozenset(chosen))
    pick_trials(chosen)


def _columns(plan: SweepPlan, data: pd.DataFrame) -> dict[str, Any]:
    column = st.column_config
    shown: dict[str, Any] = {
        "Trial": column.NumberColumn(help="One combination of settings, in the order in which they were tried."),
        "State": column.TextColumn(help="Where it stands."),
        "Validation loss": column.NumberColumn(
            format="%.4f", help="On images held out of the training, at the epoch that is kept; a mean over its seeds."
        ),
        "Validation accuracy": column.NumberColumn(format="%.2f %%", help="Of the same images, at the same epoch."),
        "Seconds": column.NumberColumn(format="%.1f s", help="Time spent computing, a run on average."),
        "Runs": column.NumberColumn(help="Trainings of it, one for each seed."),
        "Why": column.TextColumn(help="Why it was stopped or failed.", width=260),
    }
    for name in map(label_of, plan.space):
        words = "A setting that this sweep tries."
        is_float = pd.api.types.is_float_dtype(data[name])
        shown[name] = column.NumberColumn(format="%.4g", help=words) if is_float else column.Column(help=words)
    return shown
