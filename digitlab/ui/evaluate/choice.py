"""Which data set a model is evaluated on: kept in the address (`?data=pen`)."""

import streamlit as st

from digitlab.data.registry import NAMES
from digitlab.ui import address
from digitlab.ui.evaluate.data import FILE, data_title


def pick_data() -> str:
    """Show the list of data sets and give back a name of the registry, or FILE for an uploaded ink file."""
    chosen: str = st.selectbox(
        "Test data",
        [*NAMES, FILE],
        format_func=data_title,
        help="The images that the model is asked to read. No model was trained on the test part of its data.",
        **address.choice("data", [*NAMES, FILE]),
    )
    return chosen
