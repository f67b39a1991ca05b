"""Watch runs train, and look after all that were ever trained."""

import streamlit as st

from digitlab.runs.listing import Damaged, Entry, as_seen
from digitlab.ui.app.installation import catalogue
from digitlab.ui.app.visitor import visitor
from digitlab.ui.train.actions import chosen_run, overlaid_runs
from digitlab.ui.train.chosen import show_chosen
from digitlab.ui.train.damaged import show_damaged
from digitlab.ui.train.live import show_live
from digitlab.ui.train.overlaid import show_overlaid
from digitlab.ui.train.runs_table import show_table
from digitlab.ui.train.states import line_of
from digitlab.ui.train.upload import show_upload

st.title("Train")
run, overlaid = chosen_run(), overlaid_runs()
chosen = [run.id] if run else overlaid
everything = catalogue().everything()
entries = [as_seen(one, visitor()) for one in everything if isinstance(one, Entry)]
line = line_of(entries)
show_live(entries, run.id if run else None, line)
with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom"):
    st.header("All runs", anchor=False)
    show_upload()
show_table(entries, chosen, line)
if overlaid and not run:
    show_overlaid(overlaid, entries)
else:
    show_chosen(run, entries, line)
show_damaged([one for one in everything if isinstance(one, Damaged)])
