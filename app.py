"""The server: start it with `streamlit run app.py`."""

import streamlit as st

from digitlab.ui.app.server import API, DOOR, lifespan, show_trouble

app = st.App(
    "digitlab/ui/app/frame.py",
    lifespan=lifespan,
    routes=API,
    middleware=DOOR,
    on_script_error=show_trouble,
)
