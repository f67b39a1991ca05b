"""The charts of trainings: of one under way, or of several over each other; and how much they are smoothed."""

from collections.abc import Mapping, Sequence

import streamlit as st

from digitlab.figures.describe import describe_curves
from digitlab.figures.live_curves import MOST_SMOOTHING, live_spec, live_table
from digitlab.figures.training import Panel, Point
from digitlab.ui.app import address


def ask_smoothing(name: str) -> float:
    """A slider for the weight of the moving average; 0 shows the curves as they are. name: of what, for the address."""
    smoothing: float = st.slider(
        "Smoothing",
        step=0.01,
        width=320,
        **address.number(
            f"smoothing-{name}",
            0.0,
            MOST_SMOOTHING,
            0.0,
            help="Draws loss and accuracy as a moving average: the share of what was before that each point keeps, as "
            "in TensorBoard. The curve as it is stays behind it, faint. 0 smooths nothing.",
        ),
    )
    return smoothing


def show_chart(
    panel: Panel,
    curves: Mapping[str, Sequence[Point]],
    epochs: int,
    smoothing: float,
    key: str,
    runs: Sequence[str] = (),
) -> None:
    """One chart, which changes in place while points arrive.

    curves: what a run is called → its points. epochs: how far the axis reaches. runs: the names of several runs, in
    the order of their colours; empty for one run.
    """
    st.vega_lite_chart(
        live_table(panel, curves, smoothing),
        live_spec(panel, epochs, runs),
        width="stretch",
        key=key,
        on_select="rerun",  # Streamlit clears a zoom that it does not know whenever points arrive
        selection_mode="zoom",
        alt=describe_curves(panel, curves),
    )
