"""What users say that their drawings were: each label is taken once, however often the browser sends it."""

from typing import Any

import streamlit as st

from digitlab.errors import BadInk
from digitlab.ui.drawing import Drawing, checked_drawing

_REMEMBERED = 64


def new_labels(key: str, sent: Any) -> list[tuple[int, Drawing]]:
    """The digits and drawings among what the browser sent that this session has not had before.

    key: of the pad. sent: a list of `{"id": …, "digit": …, "strokes": …, "penWidth": …}`, or None.
    Raises BadInk when it is something else.
    """
    taken: list[str] = st.session_state.setdefault(f"labels taken from {key}", [])
    found = []
    for label in sent or []:
        name, digit = _name_and_digit(label)
        if name not in taken:
            taken.append(name)
            del taken[:-_REMEMBERED]
            found.append((digit, checked_drawing(label)))
    return found


def _name_and_digit(label: Any) -> tuple[str, int]:
    name, digit = (label.get("id"), label.get("digit")) if isinstance(label, dict) else (None, None)
    if not isinstance(name, str) or type(digit) is not int or not 0 <= digit <= 9:
        raise BadInk("The browser sent a label that is no digit from 0 to 9. Load the page again.")
    return name[:80], digit
