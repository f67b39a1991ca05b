"""What the user drew and labelled: to look through, to take along, and to see how well models read it."""

import streamlit as st

from digitlab.data.handwriting_file import my_drawings
from digitlab.ui.app.callouts import errors_shown
from digitlab.ui.app.installation import catalogue
from digitlab.ui.app.visitor import own_settings
from digitlab.ui.handwriting.benchmark import show_benchmark
from digitlab.ui.handwriting.exchange import show_exchange
from digitlab.ui.handwriting.gallery import show_counts, show_gallery, show_nothing_yet
from digitlab.ui.handwriting.selection import pick_shown, show_last_trouble
from digitlab.ui.shared.collection_note import collection_note

st.title("My handwriting")
show_last_trouble()
with errors_shown():
    collection_note()
    drawings = my_drawings(own_settings().drawings)
    if drawings:
        show_counts(drawings)
        shown = pick_shown(drawings)
        show_gallery(drawings, shown)
        show_exchange(shown)
        show_benchmark(drawings, catalogue().models())
    else:
        show_nothing_yet()
        show_exchange([])
