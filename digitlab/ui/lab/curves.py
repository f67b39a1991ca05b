"""How accuracy falls with the disturbance in hand: the curves of the chosen models, and the jobs that measure them."""

from collections.abc import Mapping, Sequence
from functools import partial

import streamlit as st

from digitlab.data.dataset import data_title
from digitlab.errors import DigitlabError
from digitlab.explain.perturbations import Disturbance
from digitlab.explain.robustness import DISTURBANCES, IMAGES, choose_images
from digitlab.figures.overlay import HEIGHT, Compared
from digitlab.figures.robustness import Measured, describe_robustness, robustness_figure
from digitlab.formats import count, duration, percent
from digitlab.jobs.measurement import Measurement, Plan, find_measurement
from digitlab.jobs.start import start_measurement, stop_job
from digitlab.reading.disturbed import Setting
from digitlab.runs.listing import Entry
from digitlab.runs.robustness import RobustnessCurve, read_robustness
from digitlab.runs.scores import origin_of
from digitlab.runs.status import ENDED, UNFINISHED, State
from digitlab.ui.app import address
from digitlab.ui.app.callouts import plain, show_error
from digitlab.ui.app.installation import settings
from digitlab.ui.app.model_picker import colours
from digitlab.ui.app.visitor import may_change, visitor
from digitlab.ui.shared.data_picker import test_part
from digitlab.ui.shared.plots import of_models, show_plot

_EVERY = 1.0
"""Seconds between two looks at measurements that are under way."""

_HELP = (
    "Each point is the share of images that the model still reads right when all of them are disturbed by that amount, "
    "by this one disturbance alone. The band is its 95 % confidence interval. An attack attacks each model by its own "
    "gradient; for PGD an image that a smaller ε leads astray stays so. The dashed line is where the slider stands."
)


def show_curves(models: Sequence[Entry], data: str, setting: Setting) -> None:
    """The figure, and a row for each model that has not been measured yet."""
    one = DISTURBANCES[setting.hand]
    st.header("How accuracy falls", help=_HELP)
    if not models:
        st.info("Choose a model, and the curve of its accuracy stands here.", icon=":material/show_chart:")
        return
    known = _known(models, data, one)
    if known:
        _show_figure(models, known, data, one, setting.amounts[one.name])
    else:
        with st.container(height=HEIGHT, border=True, vertical_alignment="center", horizontal_alignment="center"):
            st.markdown(f"The curves of {_images(data)} disturbed images stand here once they are measured.")
    st.caption(
        f"{_images(data)} of the test images of {plain(data_title(data))}, drawn once at random, the same for every "
        "model. What is measured is kept."
    )
    missing = [model for model in models if model.id not in known]
    if missing:
        states = {model.id: _state(model, data) for model in missing}
        is_polling = any(state in UNFINISHED for state in states.values())
        st.fragment(_jobs, run_every=_EVERY if is_polling else None)(missing, data, one, states)


def _images(data: str) -> str:
    return count(min(IMAGES, len(test_part(data))))


@st.cache_resource(max_entries=8, show_spinner=False)
def _fingerprint(data: str) -> str:
    """Of the images that are disturbed; the data sets that are offered here stay as they are."""
    return choose_images(test_part(data)).fingerprint()


def _known(models: Sequence[Entry], data: str, one: Disturbance) -> dict[str, RobustnessCurve]:
    """Model → its curve, of those that have one. A file that cannot be read brings one line."""
    found = {}
    for model in models:
        try:
            origin = origin_of(model.run, _fingerprint(data))
            curves = read_robustness(model.run, data, settings().runs, origin, {one.name: one.version}).curves
        except DigitlabError as error:
            show_error(error)
            continue
        if one.name in curves:
            found[model.id] = curves[one.name]
    return found


def _show_figure(
    models: Sequence[Entry], known: Mapping[str, RobustnessCurve], data: str, one: Disturbance, mark: float
) -> None:
    colour = colours([model.id for model in models])
    measured = [
        Measured(
            Compared(model.title, colour[model.id]),
            known[model.id].amounts,
            known[model.id].accuracies,
            known[model.id].intervals,
        )
        for model in models
        if model.id in known
    ]
    title, axis = one.title if one.title.isupper() else one.title.lower(), f"{one.title} ({one.unit})"
    show_plot(
        robustness_figure(measured, title, axis, mark),
        "robustness",
        f"{of_models(list(known))} {data} {one.name}",
        describe_robustness(measured, title, axis, one.neutral),
    )


def _state(model: Entry, data: str) -> State | None:
    job = find_measurement(settings().runs, Plan(model.id, data))
    return job.state if job else None


def _jobs(models: Sequence[Entry], data: str, one: Disturbance, states: Mapping[str, State | None]) -> None:
    """A row for each model without a curve. Runs the whole page again when a state has changed or a curve is there.

    states: of their measurements, as the rest of the page knows them.
    """
    jobs: dict[str, Measurement | None] = {}
    try:
        jobs = {model.id: find_measurement(settings().runs, Plan(model.id, data)) for model in models}
        has_changed = any((job.state if job else None) is not states[name] for name, job in jobs.items())
    except DigitlabError:  # a file went just now
        has_changed = True
    if has_changed or (any(state in UNFINISHED for state in states.values()) and _known(models, data, one)):
        address.rerun()
    for model in models:
        job = jobs[model.id]
        if job is not None and states[model.id] in UNFINISHED:
            _show_progress(model, job)
        else:
            _offer(model, data, job)


def _show_progress(model: Entry, job: Measurement) -> None:
    status = job.status
    share = status.step / status.steps if status.steps else 0.0
    left = status.time_left
    waits = status.state is State.QUEUED
    words = "waits for its turn" if waits else status.message.rstrip(".").lower() or "starting"
    ahead = "" if left is None else f", {percent(share, 0)}, {duration(left)} left"
    with st.container(horizontal=True, vertical_alignment="center"):
        st.progress(min(1.0, share), text=f"{plain(model.title)}: {words}{ahead}")
        st.button(
            "Stop",
            key=f"stop measuring {model.id}",
            icon=":material/stop:",
            disabled=not may_change(job),
            on_click=_try,
            args=(partial(stop_job, job, settings(), visitor()),),
            help="Ends the measurement. Curves that are whole are kept, and the next one goes on from there.",
        )


def _offer(model: Entry, data: str, job: Measurement | None) -> None:
    """A button that starts a measurement, and why the one before did not come to its end."""
    why = _why_ended(job)
    still_learns = model.state in UNFINISHED
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            f"Measure {model.title}",
            key=f"measure {model.id}",
            icon=":material/show_chart:",
            disabled=still_learns,
            on_click=_try,
            args=(partial(start_measurement, Plan(model.id, data), settings(), visitor()),),
            help="Its weights still change. Measure it when its training has ended."
            if still_learns
            else "Measures every disturbance, one after the other. A small model takes a minute, a large one an hour; "
            "it goes on when you close the page.",
        )
        st.caption(why or f"{plain(model.title)} has not been measured on these images.", width="content")


def _why_ended(job: Measurement | None) -> str:
    if job is None:
        return ""
    state = job.state
    if state is State.INTERRUPTED:
        return f"{ENDED} The next one goes on with what is missing."
    if state is State.STOPPED:
        return "Stopped. The next one goes on with what is missing."
    return plain(job.status.message)


def _try(action: partial[object]) -> None:
    """Start or stop something, in a button's callback; what is wrong is said in a toast."""
    try:
        action()
    except DigitlabError as error:
        st.toast(plain(str(error)), icon=":material/error:")
