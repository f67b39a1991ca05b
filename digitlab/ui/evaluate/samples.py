"""Sample predictions: predicted against actual on a grid, filtered by verdict and digit."""

import numpy as np
import streamlit as st

from digitlab.metrics.predictions import VERDICTS, Predictions
from digitlab.ui import address
from digitlab.ui.evaluate.images import show_images
from digitlab.ui.evaluate.subject import Subject

_ORDERS = {"data": "As in the data set", "sure": "Most confident first", "unsure": "Least confident first"}
_PREFIX = "sample-"
_PER_PAGE = 60


def show_samples(subject: Subject) -> None:
    """Three filters, and the images that they leave."""
    with st.container(horizontal=True):
        verdict = st.segmented_control(
            "Verdict",
            VERDICTS,
            format_func=str.capitalize,
            required=True,
            help="Which answers to show: right ones, wrong ones or all.",
            **address.choice("verdict", VERDICTS),
        )
        order = st.selectbox(
            "Order",
            list(_ORDERS),
            format_func=_ORDERS.__getitem__,
            width=220,
            help="Confidence is the probability of the digit that the model says.",
            **address.choice("order", _ORDERS),
        )
        digit = st.pills(
            "True digit",
            range(10),
            help="Show this digit's images alone; choose it again to see all.",
            **address.choice("digit", range(10), optional=True),
        )
    places = ordered(subject.predictions, subject.predictions.select(verdict, true=digit), order)
    show_images(
        subject, places, f"Images that match: {len(places):,}. True digit → predicted digit.", _PER_PAGE, _PREFIX
    )


def ordered(predictions: Predictions, places: np.ndarray, order: str) -> np.ndarray:
    """The places in one of the orders."""
    if order == "data":
        return np.sort(places)
    confidence = predictions.confidence[places]
    return places[np.argsort(-confidence if order == "sure" else confidence, kind="stable")]
