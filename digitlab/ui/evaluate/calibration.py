"""Calibration: the reliability diagram at a temperature, and accuracy against coverage."""

from typing import NamedTuple

import streamlit as st

from digitlab.figures.calibration import coverage_figure, reliability_figure
from digitlab.formats import percent
from digitlab.metrics.calibration import (
    COLDEST,
    HOTTEST,
    Coverage,
    Reliability,
    accuracy_by_coverage,
    fit_temperature,
    halves,
    log_loss,
    reliability,
    thinned_coverage,
)
from digitlab.metrics.predictions import Predictions
from digitlab.ui.app import address
from digitlab.ui.shared.plots import show_plot
from digitlab.ui.shared.scored import Scored

_WANTED = (0.99, 0.999)
"""Accuracies that the text below the coverage answers for."""

_KEY = "temperature"


class AtTemperature(NamedTuple):
    """How well the second half of the images is calibrated at a temperature."""

    reliability: Reliability
    loss: float


def show_calibration(scored: Scored) -> None:
    """The temperature, and two figures side by side."""
    left, right = st.columns(2, gap="large")
    with left:
        temperature = _temperature(scored)
    with right:
        _fitted_value(scored)
    left, right = st.columns(2, gap="large")
    with left:
        _reliability(scored, temperature)
    with right:
        _coverage(scored)


def _temperature(scored: Scored) -> float:
    temperature: float = st.slider(
        "Temperature",
        step=0.01,
        **address.number(
            _KEY,
            COLDEST,
            HOTTEST,
            round(scored.temperature, 2),
            help="Divides the logits before the softmax: above 1 the model is less sure, below 1 surer. Its answers "
            "stay the same. It starts at the value that Draw uses, too, which was chosen on validation images; 1 is as "
            "trained.",
        ),
    )
    return temperature


def _reliability(scored: Scored, temperature: float) -> None:
    as_trained: AtTemperature = scored.at(1.0).compute(_on_second_half)
    now: AtTemperature = scored.at(temperature).compute(_on_second_half)
    changed = temperature != 1.0
    name = "calibrated" if temperature == round(scored.temperature, 2) and changed else "this temperature"
    figure = reliability_figure(
        now.reliability, as_trained.reliability if changed else None, name if changed else "as trained"
    )
    show_plot(figure, "reliability diagram", scored.about)
    change = f" (as trained: {percent(as_trained.reliability.error, 2)}, {as_trained.loss:.4f})" if changed else ""
    st.caption(
        f"Expected calibration error {percent(now.reliability.error, 2)}, loss {now.loss:.4f}{change}. Points below "
        "the dotted line: the model is too sure. Shown for the half of the images on which the value was not fitted."
    )


def _on_second_half(answers: Predictions) -> AtTemperature:
    first, second = halves(answers)
    judged = second if len(second) else first
    return AtTemperature(reliability(judged), log_loss(judged))


def _fitted_value(scored: Scored) -> None:
    fitted: float | None = scored.at(1.0).compute(_fitted)
    if fitted is None:
        st.caption("There are too few images to fit a temperature: it takes at least 50.")
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"Fitted value: {fitted:.2f}. It gives the lowest loss on every second image.", width="content")
        st.button(
            "Use it",
            type="tertiary",
            on_click=address.write,
            args=(_KEY, fitted),
            help="Set the slider to the fitted value.",
        )


def _fitted(predictions: Predictions) -> float | None:
    fitted = fit_temperature(halves(predictions)[0])
    return None if fitted is None else round(fitted, 2)


def _coverage(scored: Scored) -> None:
    coverage: Coverage = scored.compute(accuracy_by_coverage)
    show_plot(coverage_figure(thinned_coverage(coverage)), "accuracy against coverage", scored.about)
    st.caption(" ".join(_answer(coverage, wanted) for wanted in _WANTED))


def _answer(coverage: Coverage, wanted: float) -> str:
    found = coverage.at_accuracy(wanted)
    if found is None:
        return f"It never reaches an accuracy of {percent(wanted)}."
    share, least = found
    if share == 1:
        return f"It reaches an accuracy of {percent(wanted)} on all images."
    return (
        f"For an accuracy of {percent(wanted)} it can answer {percent(share)} of the images: those with a confidence "
        f"of {percent(least)} or more."
    )
