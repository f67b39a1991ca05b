"""One line about the data, where something is missing."""

import streamlit as st

from digitlab.config import Settings


def data_note() -> None:
    """Say it when MNIST is not in the data folder; nothing otherwise.

    Imports torch: call it when the page is already out.
    """
    from digitlab.data.mnist import mnist_is_here

    if not mnist_is_here(Settings.from_environment().data):
        st.caption(
            "MNIST is not in the data folder. Everything runs on scikit-learn's 1,797 small digits until "
            "`python -m digitlab train --data mnist` has downloaded it."
        )
