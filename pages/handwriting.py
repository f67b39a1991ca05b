"""What the user drew and labelled: to look through, to take along, and to see how well models read it."""

import streamlit as st

from digitlab.config import Settings
from digitlab.data.mine import kept_drawings
from digitlab.runs.catalog import list_models
from digitlab.ui.callouts import told
from digitlab.ui.handwriting.benchmark import show_benchmark
from digitlab.ui.handwriting.changes import tell_what_went_wrong
from digitlab.ui.handwriting.counts import show_counts, show_nothing_yet
from digitlab.ui.handwriting.exchange import show_exchange
from digitlab.ui.handwriting.filters import pick_shown
from digitlab.ui.handwriting.gallery import show_gallery

st.title("My handwriting")
tell_what_went_wrong()
with told():
    kept = kept_drawings(Settings.from_environment().data)
    if kept:
        show_counts(kept)
        shown = pick_shown(kept)
        show_gallery(kept, shown)
        show_exchange(shown)
        show_benchmark(kept, list_models())
    else:
        show_nothing_yet()
        show_exchange([])
