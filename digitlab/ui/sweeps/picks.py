"""The picked trials: held in the address (`?trials=3,5`), and opened in Compare."""

from collections.abc import Iterable, Sequence
from typing import Any

import streamlit as st

from digitlab.errors import DigitlabError
from digitlab.sweeps.plan import Objective
from digitlab.sweeps.results import ranked
from digitlab.sweeps.trials import Trial, TrialRun
from digitlab.ui.app import address
from digitlab.ui.app.address import page_file

_KEY = "trials"

MOST_COMPARED = 6
"""Runs that are opened in Compare: as many as there are colours."""

_HOW = (
    "Pick trials: click a mark, draw a box over several after choosing Box Select in the figure's corner, or choose "
    "rows of the table. The best of them can then be opened in Compare."
)


def picked_trials(trials: Sequence[Trial]) -> list[int]:
    """The numbers of the trials in the address that are there, as they were picked."""
    known = {str(trial.number): trial.number for trial in trials}
    asked = (address.asked(_KEY) or "").split(",")
    return [known[text] for text in dict.fromkeys(asked) if text in known]


def pick_trials(numbers: Iterable[Any]) -> list[int]:
    """Put trials into the address, for callbacks; what is no number of a trial is left out. Gives back the others."""
    found = list(dict.fromkeys(number for number in numbers if type(number) is int and number > 0))
    address.write(_KEY, ",".join(map(str, found)) if found else None)
    return found


def _let_go() -> None:
    pick_trials([])


def runs_to_compare(trials: Sequence[Trial], picked: Sequence[int], objective: Objective) -> list[TrialRun]:
    """The best run of each picked trial, the best trial first; of a single trial all its seeds' runs.

    Six at most, and only those whose weights are there.
    """
    best = ranked([trial for trial in trials if trial.number in picked], objective)
    if len(best) == 1:
        found = [one for one in best[0].runs if _has_weights(one)]
    else:
        found = [run for trial in best if (run := _best_run(trial, objective))]
    return found[:MOST_COMPARED]


def _best_run(trial: Trial, objective: Objective) -> TrialRun | None:
    sign = -1 if objective.rises else 1
    valued = [(sign * value, one) for one in trial.runs if (value := one.value(objective)) is not None]
    return next((one for _, one in sorted(valued, key=lambda pair: pair[0]) if _has_weights(one)), None)


def _has_weights(one: TrialRun) -> bool:
    try:
        return one.run.weights.exists()
    except (DigitlabError, OSError):
        return False


def show_picked(trials: Sequence[Trial], picked: Sequence[int], objective: Objective) -> None:
    """A line on what is picked, and the link that opens it; without any, how to pick."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="picked trials"):
        if not picked:
            st.caption(_HOW)
            return
        runs = runs_to_compare(trials, picked, objective)
        what = f"{len(picked):,} trials are picked" if len(picked) > 1 else f"Trial {picked[0]} is picked"
        if not runs:
            st.caption(f"{what}; none of them has a finished model.")
        elif len(runs) == 1:
            st.caption(f"{what}. Compare takes two models or more.")
            _link("train", "Open its run on Train", ":material/monitoring:", {"run": runs[0].run.id})
        else:
            of = "the models of its seeds" if len(picked) == 1 else f"the {len(runs)} best of them"
            if len(picked) == len(runs) > 1:
                of = "them"
            st.caption(f"{what}.")
            ids = ",".join(one.run.id for one in runs)
            _link("compare", f"Open {of} in Compare", ":material/compare_arrows:", {"compared": ids})
        st.button("Let go", icon=":material/close:", type="tertiary", on_click=_let_go, help="Picks nothing.")


def _link(page: str, label: str, icon: str, query: dict[str, str]) -> None:
    words = "Opens the page with the models of the picked trials."
    st.page_link(page_file(page), label=label, icon=icon, query_params=query, help=words)
