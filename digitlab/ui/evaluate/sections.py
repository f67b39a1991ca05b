"""The figures below the matrix: one at a time, chosen by a switch that the address keeps."""

from collections.abc import Callable, Mapping

import streamlit as st

from digitlab.figures.precision_recall import precision_recall_figure
from digitlab.figures.roc import roc_figure
from digitlab.metrics.precision_recall import precision_recall_curves
from digitlab.metrics.roc import roc_curves
from digitlab.ui import address
from digitlab.ui.evaluate.calibration import show_calibration
from digitlab.ui.evaluate.digits import show_digits
from digitlab.ui.evaluate.history import show_history
from digitlab.ui.evaluate.plots import show_plot
from digitlab.ui.evaluate.samples import show_samples
from digitlab.ui.evaluate.subject import Subject

_ONE_DIGIT = "All images are of one digit, so there is nothing to tell it from. Choose test data with several digits."


def _roc(subject: Subject) -> None:
    zoomed = st.toggle(
        "Zoom in on the corner",
        help="Show false positive rates up to 1 %, where good models differ.",
        **address.switch("roc-zoom"),
    )
    curves = subject.numbers(roc_curves)
    if curves:
        show_plot(roc_figure(curves, zoomed), "ROC curves")
        st.caption(
            "How many of a digit's images are found, against how many others are taken for it. Higher is better."
        )
    else:
        st.info(_ONE_DIGIT)


def _precision_recall(subject: Subject) -> None:
    zoomed = st.toggle(
        "Zoom in on the corner",
        help="Show precision and recall from 90 % on, where good models differ.",
        **address.switch("pr-zoom"),
    )
    curves = subject.numbers(precision_recall_curves)
    if curves:
        show_plot(precision_recall_figure(curves, zoomed), "precision and recall")
        st.caption(
            "How many of the answers “it is this digit” are right, as more of its images are found. AP is the average "
            "precision, the area below the curve."
        )
    else:
        st.info(_ONE_DIGIT)


SECTIONS: Mapping[str, tuple[str, Callable[[Subject], None]]] = {
    "roc": ("ROC", _roc),
    "precision-recall": ("Precision–recall", _precision_recall),
    "calibration": ("Calibration", show_calibration),
    "curves": ("Curves", show_history),
    "digits": ("Per digit", show_digits),
    "samples": ("Samples", show_samples),
}
"""Name in the address → name on the switch, and what shows it."""


@st.fragment
def show_sections(subject: Subject) -> None:
    """The part that runs again when another figure is chosen or one is changed."""
    name = st.segmented_control(
        "Figures",
        list(SECTIONS),
        format_func=lambda name: SECTIONS[name][0],
        required=True,
        help="Each figure's toolbar, at its top right, saves it as PNG.",
        **address.choice("figure", SECTIONS),
    )
    SECTIONS[name][1](subject)
