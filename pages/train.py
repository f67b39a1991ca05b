"""Watch runs train, and look after all that were ever trained."""

import streamlit as st

from digitlab.runs.overview import list_overviews
from digitlab.ui.training.choice import chosen_run
from digitlab.ui.training.chosen import show_chosen
from digitlab.ui.training.live import show_live
from digitlab.ui.training.table import show_table
from digitlab.ui.training.uploads import show_upload

st.title("Train")
run = chosen_run()
chosen = run.id if run else None
overviews = list_overviews()
show_live(overviews, chosen)
with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom"):
    st.subheader("All runs", anchor=False)
    show_upload()
show_table(overviews, chosen)
show_chosen(run, overviews)
