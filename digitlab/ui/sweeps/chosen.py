"""The chosen sweep: held in the address (`?sweep=<id>`), and what can be asked of it; a deletion is asked for first."""

from collections.abc import Callable, Sequence

import streamlit as st

from digitlab.errors import DigitlabError
from digitlab.extras import is_installed
from digitlab.formats import unlike
from digitlab.sweeps.journal import read_journal
from digitlab.sweeps.start import delete_sweep, resume_sweep, stop_sweep
from digitlab.sweeps.sweep import UNDER_WAY, Sweep, SweepState
from digitlab.ui.app import address
from digitlab.ui.app.callouts import plain, show_error
from digitlab.ui.app.installation import settings
from digitlab.ui.app.visitor import visitor

_KEY = "sweep"
_PICKED = "trials"


def choose_sweep(sweep_id: str | None) -> None:
    """Put a sweep into the address, or none."""
    address.write_all({_KEY: sweep_id, _PICKED: None})


def pick_sweep(found: Sequence[Sweep]) -> Sweep:
    """Show the list and give back the chosen sweep, at first the newest. found: one or more."""
    known = {sweep.id: sweep for sweep in found}
    titles = unlike({name: title_of(sweep) for name, sweep in known.items()})
    chosen: str = st.selectbox(
        "Sweep",
        list(known),
        **address.choice(
            _KEY,
            known,
            help="All sweeps of this installation, the newest first.",
            label=lambda name: str(titles.get(name, name)),
        ),
    )
    if address.asked(_KEY) is None:
        address.write(_KEY, chosen)  # a copied link must not turn to a newer one
    return known[chosen]


def title_of(sweep: Sweep) -> str:
    """When it was started, in UTC, its model and what it varies; never its state, which changes while it is shown."""
    day, time, *_ = sweep.id.split("-")
    when = f"{day[:4]}-{day[4:6]}-{day[6:]} {time[:2]}:{time[2:4]}"
    try:
        fields = ", ".join(name.replace("_", " ") for name in sweep.plan.space)
        return f"{when} · {sweep.plan.base.model} · {fields}"
    except DigitlabError:
        return f"{when} · damaged"


def show_actions(sweep: Sweep, state: SweepState | None) -> None:
    """Stop, resume, delete; those that do not apply are off and say why. state: None for a damaged one."""
    stoppable = state in UNDER_WAY or state is SweepState.INTERRUPTED
    why_no_resume = (
        "" if state and state not in UNDER_WAY and state is not SweepState.DONE else "Nothing is left to go on with."
    )
    if not is_installed("optuna"):
        why_no_resume = 'It needs optuna: pip install ".[cluster]"'
    with st.container(horizontal=True, gap="small"):
        _button(
            "Stop",
            ":material/stop:",
            "Its runs stop and keep what they learned; it can be resumed.",
            "" if stoppable else "It is not under way.",
            lambda: _ask(lambda: stop_sweep(sweep, settings(), visitor())),
        )
        _button(
            "Resume",
            ":material/play_arrow:",
            "Goes on where it was.",
            why_no_resume,
            lambda: _ask(lambda: resume_sweep(sweep, settings(), visitor())),
        )
        why_no_end = "Stop it first." if state in UNDER_WAY else ""
        if _button("Delete", ":material/delete:", "Asks first, then deletes the sweep.", why_no_end):
            ask_deletion(sweep)


def _button(label: str, icon: str, words: str, why_off: str, action: Callable[[], None] | None = None) -> bool:
    """A button; off where there is a reason why, which its help then says."""
    help_text = f"{words} {why_off}".rstrip()
    return st.button(label, icon=icon, help=help_text, disabled=bool(why_off), on_click=action, key=f"sweep: {label}")


def _ask(what: Callable[[], None]) -> None:
    """What is refused is said in a toast: the page has moved on by then."""
    try:
        what()
    except DigitlabError as error:
        st.toast(plain(str(error)), icon=":material/error:")


@st.dialog("Delete the sweep", icon=":material/delete:")
def ask_deletion(sweep: Sweep) -> None:
    """Ask twice: whether the sweep is no longer needed, and then for the deletion itself; its runs may stay."""
    st.markdown("The sweep's plan and its list of trials will be deleted. They cannot be brought back.")
    runs = _count_runs(sweep)
    with_runs = st.checkbox(
        f"Delete its {runs:,} runs, too",
        key=f"delete the runs of {sweep.id}",
        disabled=not runs,
        help="With their weights, curves and scores. Otherwise they stay on Train.",
    )
    sure = st.checkbox("I no longer need it", key=f"sure to delete {sweep.id}", help="Then the button below is on.")
    words = "Deletes the sweep's folder."
    if st.button("Delete for good", type="primary", disabled=not sure, key="sweep: for good", help=words) and sure:
        try:
            delete_sweep(sweep, visitor(), with_runs=with_runs)
        except DigitlabError as error:
            show_error(error)
        else:
            choose_sweep(None)
            st.toast("The sweep is deleted.", icon=":material/delete:")
            address.rerun()


def _count_runs(sweep: Sweep) -> int:
    try:
        return sum(len(trial.runs) for trial in read_journal(sweep.journal))
    except DigitlabError:
        return 0
