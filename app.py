"""The server: start it with `streamlit run app.py`."""

import streamlit as st

from digitlab.ui.server import API, headers, lifespan, tell_trouble

app = st.App(
    "digitlab/ui/frame.py",
    lifespan=lifespan,
    routes=API,
    middleware=[headers],
    on_script_error=tell_trouble,
)
