"""The runs that cannot be read: why, and the way to be rid of them."""

from collections.abc import Sequence

import streamlit as st

from digitlab.runs.listing import Damaged
from digitlab.ui.app.callouts import plain
from digitlab.ui.train.actions import ask_deletion

_MOST = 10
_WHAT = "A file of each is damaged or was not written by digitlab. Every page leaves them out."


def show_damaged(damaged: Sequence[Damaged]) -> None:
    """A line for each of the first ten, with its reason and a button that deletes it; nothing where there is none."""
    if not damaged:
        return
    st.header("Damaged runs", help=_WHAT, anchor=False)
    for one in damaged[:_MOST]:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            said = one.reason.replace(f"{one.run.folder}/", "")  # where the server has its files says nothing here
            st.markdown(f"`{one.run.id}`  \n{plain(said)}", width="stretch")
            if one.run.is_checkpoint:
                continue
            if st.button("Delete", key=f"delete {one.run.id}", icon=":material/delete:", help="Asks first."):
                ask_deletion(one.run, one.run.id)
    if len(damaged) > _MOST:
        st.caption(f"{len(damaged) - _MOST} more are damaged. They appear here when these are deleted.")
