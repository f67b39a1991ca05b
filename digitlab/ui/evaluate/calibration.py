"""Calibration: the reliability diagram at a temperature, and accuracy against coverage."""

from typing import NamedTuple

import streamlit as st

from digitlab.figures.calibration import reliability_figure
from digitlab.figures.coverage import coverage_figure
from digitlab.figures.numbers import percent
from digitlab.metrics.calibration import (
    COLDEST,
    HOTTEST,
    Reliability,
    fit_temperature,
    halves,
    loss,
    reliability,
    tempered,
)
from digitlab.metrics.coverage import Coverage, accuracy_by_coverage, thinned_coverage
from digitlab.metrics.predictions import Predictions
from digitlab.ui import address
from digitlab.ui.evaluate.plots import show_plot
from digitlab.ui.evaluate.subject import Subject

_WANTED = (0.99, 0.999)
"""Accuracies that the text below the coverage answers for."""


class AtTemperature(NamedTuple):
    """How well the second half of the images is calibrated at a temperature."""

    reliability: Reliability
    loss: float


def show_calibration(subject: Subject) -> None:
    """The temperature, and two figures side by side."""
    left, right = st.columns(2, gap="large")
    with left:
        temperature = _temperature()
    with right:
        _fitted_value(subject.numbers(_fitted))
    left, right = st.columns(2, gap="large")
    with left:
        _reliability(subject, temperature)
    with right:
        _coverage(subject)


def _temperature() -> float:
    temperature: float = st.slider(
        "Temperature",
        step=0.01,
        help="Divides the logits before the softmax: above 1 the model is less sure, below 1 surer. Its answers stay "
        "the same.",
        **address.number("temperature", COLDEST, HOTTEST, 1.0),
    )
    return temperature


def _reliability(subject: Subject, temperature: float) -> None:
    before: AtTemperature = subject.numbers(_at, 1.0)
    now: AtTemperature = subject.numbers(_at, temperature)
    changed = temperature != 1.0
    show_plot(reliability_figure(now.reliability, before.reliability if changed else None), "reliability diagram")
    change = f" (at 1: {percent(before.reliability.error, 2)}, {before.loss:.4f})" if changed else ""
    st.caption(
        f"Expected calibration error {percent(now.reliability.error, 2)}, loss {now.loss:.4f}{change}. Points below "
        "the dotted line: the model is too sure. Shown for the half of the images that the fit has not seen."
    )


def _fitted_value(fitted: float | None) -> None:
    if fitted is None:
        st.caption("There are too few images to fit a temperature; it takes 50.")
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"Fitted value: {fitted:.2f}, of least loss on every second image.", width="content")
        st.button(
            "Use it",
            type="tertiary",
            on_click=address.write,
            args=("temperature", fitted),
            help="Set the slider to the fitted value.",
        )


def _fitted(predictions: Predictions) -> float | None:
    fitted = fit_temperature(halves(predictions)[0])
    return None if fitted is None else round(fitted, 2)


def _at(predictions: Predictions, temperature: float) -> AtTemperature:
    first, second = halves(predictions)
    answers = tempered(second if len(second) else first, temperature)
    return AtTemperature(reliability(answers), loss(answers))


def _coverage(subject: Subject) -> None:
    coverage: Coverage = subject.numbers(accuracy_by_coverage)
    show_plot(coverage_figure(thinned_coverage(coverage)), "accuracy against coverage")
    st.caption(" ".join(_answer(coverage, wanted) for wanted in _WANTED))


def _answer(coverage: Coverage, wanted: float) -> str:
    found = coverage.at_accuracy(wanted)
    if found is None:
        return f"It never reaches {percent(wanted)}."
    share, least = found
    if share == 1:
        return f"It reaches {percent(wanted)} on all images."
    return (
        f"To be right in {percent(wanted)}, it may answer {percent(share)} of the images: those above {percent(least)}."
    )
