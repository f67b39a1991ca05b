"""The form that starts a sweep: what its runs have in common, what is tried, and when it ends."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from digitlab.config import label_of
from digitlab.data.dataset import data_title
from digitlab.errors import BadConfig, DigitlabError
from digitlab.extras import is_installed
from digitlab.formats import short
from digitlab.presets import PRESETS
from digitlab.sweeps.plan import MOST_AT_ONCE, MOST_RUNS, MOST_SEEDS, Method, Objective, SweepPlan
from digitlab.sweeps.space import Axis
from digitlab.sweeps.start import start_sweep
from digitlab.ui.app import address
from digitlab.ui.app.callouts import plain, show_error
from digitlab.ui.app.installation import settings
from digitlab.ui.app.visitor import visitor
from digitlab.ui.components.remount import rerun_fragment
from digitlab.ui.shared.data_here import with_data_that_is_here
from digitlab.ui.sweeps.axes import FIELDS, ask_axis
from digitlab.ui.sweeps.chosen import choose_sweep

_REFUSED = "sweep form: what the start refused, and why"
_DEFAULT_PRESET, _DEFAULT_SPACE = "quick", ("learning_rate",)
_METHODS: Mapping[Method, str] = {
    Method.RANDOM: "random",
    Method.TPE: "near what was good (TPE)",
    Method.GRID: "grid",
}
_LABELS: Mapping[str, str] = {
    "space": "What is tried",
    "most_seconds": "Most minutes",
    "at_once": "Runs at once",
    "objective": "Compare by",
}
"""What the form calls parts of a plan, where it is not the field's own label."""

WITHOUT_OPTUNA = (
    "Starting a sweep needs the package optuna, which is not installed. In digitlab's folder, run: `pip install "
    '".[cluster]"` and start the app again. Sweeps that are there can be looked at all the same.'
)


def show_form() -> None:
    """Show the form; only it runs again while its values change. Without Optuna a line says how to get it."""
    if not is_installed("optuna"):
        st.warning(WITHOUT_OPTUNA, icon=":material/deployed_code:")
        return
    _form()


@st.fragment
def _form() -> None:
    plan, troubles = _ask()
    refused, said = st.session_state.get(_REFUSED, (None, {}))
    if plan is not None and plan == refused:
        troubles = said
    for trouble in troubles.values():
        st.error(plain(trouble), icon=":material/error:")
    if plan:
        st.caption(_in_words(plan))
    help_text = "Trains the runs in the background, also when you close this page."
    how: Any = {"type": "primary", "icon": ":material/play_arrow:", "disabled": not plan, "help": help_text}
    if st.button("Start the sweep", **how) and plan:
        _start(plan)


def _ask() -> tuple[SweepPlan | None, dict[str, str]]:
    """The widgets, and the plan that they describe; None, and part of it → what is wrong, when there is none."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        preset = st.selectbox(
            "Preset",
            list(PRESETS),
            index=list(PRESETS).index(_DEFAULT_PRESET),
            key="sweep form: preset",
            width=220,
            help="What all runs have in common: every setting that is not tried.",
        )
        method = st.selectbox(
            "Method",
            list(_METHODS),
            format_func=lambda one: _METHODS[one],
            key="sweep form: method",
            width=240,
            help="Random draws settings; TPE draws them near those that did well; a grid tries every combination.",
        )
        numbers = _ask_numbers(method)
    base = with_data_that_is_here(PRESETS[preset].config)
    fields = st.multiselect(
        "What is tried",
        FIELDS,
        default=_DEFAULT_SPACE,
        format_func=label_of,
        placeholder="Choose settings",
        key="sweep form: space",
        help="The settings that differ from trial to trial.",
    )
    space: dict[str, Axis] = {}
    troubles: dict[str, str] = {}
    for field in fields:
        try:
            space[field] = ask_axis(field, method, base)
        except BadConfig as error:
            troubles[field] = _in_the_forms_words(error, field)
    more = _ask_more()
    if troubles:
        return None, troubles
    try:
        return SweepPlan(base=base, space=space, method=method, **numbers, **more), {}
    except BadConfig as error:
        return None, {error.field: _in_the_forms_words(error)}


def _ask_numbers(method: Method) -> dict[str, Any]:
    runs = st.number_input(
        "Most runs",
        0,
        MOST_RUNS,
        0 if method is Method.GRID else 12,
        key=f"sweep form: most runs of {method}",
        width=130,
        help="How many models are trained at most. 0: no limit, which a grid does not need.",
    )
    minutes = st.number_input(
        "Most minutes",
        0.0,
        value=0.0,
        step=5.0,
        format="%g",
        key="sweep form: minutes",
        width=130,
        help="What is under way after this time is stopped. 0: no limit.",
    )
    seeds = st.number_input(
        "Seeds",
        1,
        MOST_SEEDS,
        key="sweep form: seeds",
        width=110,
        help="How often each trial is trained, each time from other random weights. Several show how far luck goes.",
    )
    return {"most_runs": runs, "most_seconds": 60 * minutes, "seeds": seeds}


def _ask_more() -> dict[str, Any]:
    with st.expander("More"), st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        prune = st.checkbox(
            "Stop hopeless trials early",
            True,
            key="sweep form: prune",
            help="Stops a trial that does worse than half of the others at the same epoch.",
        )
        at_once = st.number_input(
            "Runs at once",
            0,
            MOST_AT_ONCE,
            key="sweep form: at once",
            width=140,
            help="How many of its runs are trained side by side. 0: as many as this installation trains at once.",
        )
        objective = st.selectbox(
            "Compare by",
            list(Objective),
            format_func=lambda one: f"validation {one}",
            key="sweep form: objective",
            width=200,
            help="What decides which trial is better, on images held out of the training.",
        )
        seed = st.number_input(
            "Seed of the choice",
            0,
            2**31 - 1,
            key="sweep form: seed",
            width=170,
            help="Another number tries other settings; the same one tries the same again.",
        )
    return {"prune": prune, "at_once": at_once, "objective": objective, "seed": seed}


def _in_words(plan: SweepPlan) -> str:
    """What will happen, before it does."""
    trials = plan.most_trials
    what = f"{trials:,} trials" if trials != 1 else "1 trial"
    many = f"{what}, each trained {plan.seeds} times: {trials * plan.seeds:,} runs" if plan.seeds > 1 else what
    data = data_title(plan.base.data)
    return f"Up to {many}, on {data}." if trials else f"As many trials as the time allows, on {data}."


def _in_the_forms_words(error: BadConfig, field: str = "") -> str:
    """What is wrong, under the name that the form has for it. field: the setting whose row it is."""
    name = error.field or field
    label = _LABELS.get(name) or label_of(name)
    if not error.field:
        return f"{label}: {error}" if name else str(error)
    if name == "space" and not error.value:
        return "Nothing is tried; choose one setting or several."
    if name == "most_seconds":
        return f"{label} is too large; a sweep may last 30 days."
    return f"{label} is {short(error.value)}; {error.allowed}."


def _start(plan: SweepPlan) -> None:
    st.session_state.pop(_REFUSED, None)
    try:
        sweep = start_sweep(plan, settings(), visitor())
    except BadConfig as error:  # what only the start can know, such as a model that does not exist
        st.session_state[_REFUSED] = (plan, {error.field: _in_the_forms_words(error)})
        rerun_fragment()
    except DigitlabError as error:
        show_error(error)
    else:
        choose_sweep(sweep.id)
        st.toast("The sweep is starting.", icon=":material/tune:")
        address.rerun()
