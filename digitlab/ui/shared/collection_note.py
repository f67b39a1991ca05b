"""The line that tells a pupil that the class's collection is open, on the pages where drawings are labelled."""

import streamlit as st

from digitlab.access import Role
from digitlab.data.collection import collection_is_open
from digitlab.ui.app.installation import settings
from digitlab.ui.app.visitor import visitor

_TOLD = "told that the collection is open"
NOTE = "The class's collection is open: what you label is added to it, with the writer's name."


def collection_note() -> None:
    """Show the line as long as the collection is open; only what is labelled after that is pooled."""
    is_open = visitor().role is Role.PUPIL and collection_is_open(settings())
    st.session_state[_TOLD] = is_open
    if is_open:
        with st.container(key="collection-note"):
            st.caption(f":material/groups: {NOTE}")


def was_told() -> bool:
    """Whether this session's page says that the collection is open."""
    return bool(st.session_state.get(_TOLD))
