"""What a widget of a component starts with, how one is begun anew, and how a part of a page runs again.

A component whose data or key changes is reset, so both stay the same as long as it is shown.
"""

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st
from streamlit.errors import StreamlitAPIException

from digitlab.ui.app import address

Start = dict[str, Any]


def start_of(key: str, make: Callable[[Mapping[str, Any]], Start]) -> Start:
    """What the widget of this key starts with, the same until it is mounted anew.

    make: is called at each mount with what was given at the one before, empty at first.
    """
    memory = f"given to {key}"
    if key not in st.session_state or memory not in st.session_state:  # Streamlit forgets a widget that is not shown
        st.session_state[memory] = make(st.session_state.get(memory, {}))
    start: Start = st.session_state[memory]
    return start


def mount_key(name: str) -> str:
    """The widget key of what is called so; another one after `mount_anew`."""
    return f"{name} {st.session_state.setdefault(_counter(name), 0)}"


def mount_anew(name: str) -> None:
    """Have the widget of this name begin anew in the next run."""
    st.session_state[_counter(name)] = st.session_state.get(_counter(name), 0) + 1


def _counter(name: str) -> str:
    return f"mounts of {name}"


def rerun_fragment() -> None:
    """Run the fragment again that this is called in, or the whole page where it is the page that is running."""
    try:
        st.rerun(scope="fragment")
    except StreamlitAPIException:
        address.rerun()
