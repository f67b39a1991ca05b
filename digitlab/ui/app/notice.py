"""The one notice above a page on what its address asks for in vain."""

from dataclasses import dataclass, field

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from digitlab.formats import printable
from digitlab.ui.app.callouts import plain

_KEY = "notice above the page"


@dataclass
class _Notice:
    """unknown: what is not here, as `model = x`. lines: whole sentences."""

    place: DeltaGenerator
    unknown: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)


def begin() -> None:
    """Keep the notice's place; above each page. Without it every line stands where it is said."""
    st.session_state[_KEY] = _Notice(st.empty())


def say_unknown(asked: str) -> None:
    """Say that something is not here. asked: what, such as `model = x`."""
    asked = printable(asked)
    found: _Notice | None = st.session_state.get(_KEY)
    if found is None:
        _show(_about([asked]))
    elif asked not in found.unknown:
        found.unknown.append(asked)
        _show_all(found)


def say(line: str) -> None:
    """Say a sentence of one's own."""
    found: _Notice | None = st.session_state.get(_KEY)
    if found is None:
        _show(line)
    elif line not in found.lines:
        found.lines.append(line)
        _show_all(found)


def _show_all(found: _Notice) -> None:
    with found.place:
        _show(" ".join([*found.lines, *([_about(found.unknown)] if found.unknown else [])]))


def _about(unknown: list[str]) -> str:
    *others, last = unknown
    if not others:
        return f"The address asks for {last}, which is not here. Choose from what the page offers."
    return f"The address asks for {', '.join(others)} and {last}, which are not here. Choose from what the page offers."


def _show(line: str) -> None:
    st.warning(plain(line), icon=":material/help:")
