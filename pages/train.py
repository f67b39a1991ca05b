"""Watch runs train, and look after all that were ever trained."""

import streamlit as st

from digitlab.runs.listing import Damaged, Entry
from digitlab.ui.app.installation import catalogue
from digitlab.ui.train.actions import chosen_run
from digitlab.ui.train.chosen import show_chosen
from digitlab.ui.train.damaged import show_damaged
from digitlab.ui.train.live import show_live
from digitlab.ui.train.runs_table import show_table, show_upload

st.title("Train")
run = chosen_run()
chosen = run.id if run else None
everything = catalogue().everything()
entries = [one for one in everything if isinstance(one, Entry)]
show_live(entries, chosen)
with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom"):
    st.subheader("All runs", anchor=False)
    show_upload()
show_table(entries, chosen)
show_chosen(run, entries)
show_damaged([one for one in everything if isinstance(one, Damaged)])
