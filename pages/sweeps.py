"""Try many settings at once, and see which matter: start a sweep, watch it, pick its best runs."""

import streamlit as st

from digitlab.access import NotAllowed
from digitlab.sweeps.start import check_sweeper
from digitlab.sweeps.sweep import UNDER_WAY, Sweep, SweepState, sweeps
from digitlab.sweeps.trials import read_trials
from digitlab.ui.app.callouts import errors_shown, plain
from digitlab.ui.app.installation import settings
from digitlab.ui.app.visitor import visitor
from digitlab.ui.sweeps.chosen import pick_sweep
from digitlab.ui.sweeps.figures import show_figures
from digitlab.ui.sweeps.form import show_form
from digitlab.ui.sweeps.picks import picked_trials, show_picked
from digitlab.ui.sweeps.progress import show_progress
from digitlab.ui.sweeps.table import show_best, show_table

_WHAT = (
    "Nobody knows beforehand which settings, such as the learning rate, let a network learn best. A sweep trains many "
    "networks with different settings, a trial each, and shows which came out best and which settings made the "
    "difference."
)


def results(sweep: Sweep, state: SweepState) -> None:
    """Everything below the state of a sweep."""
    plan, trials = sweep.plan, read_trials(sweep)
    picked = picked_trials(trials)
    show_best(plan, trials, under_way=state in UNDER_WAY)
    show_figures(sweep, plan, trials, picked)
    show_picked(trials, picked, plan.objective)
    show_table(plan, trials, picked)


st.title("Sweeps")
try:
    check_sweeper(visitor())
except NotAllowed as error:
    st.info(plain(str(error)), icon=":material/tune:")
    st.stop()
found = sweeps(settings())
if found:
    chosen = pick_sweep(found)
    if state := show_progress(chosen):
        with errors_shown():
            results(chosen, state)
else:
    st.markdown(_WHAT)
with st.expander("New sweep", icon=":material/add:", expanded=not found):
    show_form()
