"""Which models answer: chosen as chips, kept in the address (`?models=softmax,cnn`) and over a change of page."""

from collections.abc import Iterable, Sequence

import streamlit as st

from digitlab.figures.palette import model_colour, places
from digitlab.runs.catalog import ModelEntry
from digitlab.ui.callouts import plain
from digitlab.ui.predictors import DEFAULTS

KEY = "models"
"""The widget's key, and the name in the address."""

_APPLIED = "models of the address, applied"
_NO_MODELS = "There is no model yet. Train one: `python -m digitlab train --model softmax`, then load this page again."
_PLACES = "places of models in the palette"


def pick_models(entries: Sequence[ModelEntry]) -> list[ModelEntry]:
    """Show the chips and give back the chosen models in the order of choice.

    Names in the address that do not exist get one line; the rest counts.
    """
    if not entries:
        st.info(_NO_MODELS, icon=":material/model_training:")
        return []
    known = {entry.name: entry for entry in entries}
    asked = st.query_params.get(KEY)
    _apply(asked, known)
    chosen = st.multiselect(
        "Models that answer",
        list(known),
        format_func=lambda name: shown_name(known[name]) if name in known else name,
        key=KEY,
        persist_state="session",
        on_change=_write_address,
        placeholder="Choose models",
        help="Each model gets a card with its answer. The choice is part of the address, so a copied link keeps it.",
    )
    _tell_unknown(asked, known)
    if asked is None and chosen != _default(known):
        _write_address()  # the navigation's links come without it
    return [known[name] for name in chosen]


def shown_name(entry: ModelEntry) -> str:
    """What people read: a checkpoint's own name, as in the address; a run's title, because its id says little."""
    return entry.name if entry.kind == "checkpoint" else entry.title


def colours(names: Sequence[str]) -> dict[str, str]:
    """Each model's colour in this session, the same on every page."""
    taken = st.session_state[_PLACES] = places(names, st.session_state.get(_PLACES, {}))
    return {name: model_colour(place) for name, place in taken.items()}


def _apply(asked: str | None, known: Iterable[str]) -> None:
    """Set the choice from the address when that is new, to the default at first, and drop what no longer exists."""
    if asked is not None and asked != st.session_state.get(_APPLIED):
        st.session_state[KEY] = [name for name in _names(asked) if name in known]
        st.session_state[_APPLIED] = asked
    elif KEY not in st.session_state:
        st.session_state[KEY] = _default(known)
    elif any(name not in known for name in st.session_state[KEY]):
        st.session_state[KEY] = [name for name in st.session_state[KEY] if name in known]


def _default(known: Iterable[str]) -> list[str]:
    return [name for name in DEFAULTS if name in known] or list(known)[:1]


def _names(asked: str) -> list[str]:
    return list(dict.fromkeys(name.strip() for name in asked.split(",") if name.strip()))


def _write_address() -> None:
    st.query_params[KEY] = st.session_state[_APPLIED] = ",".join(st.session_state[KEY])


def _tell_unknown(asked: str | None, known: Iterable[str]) -> None:
    unknown = [name[:60] for name in _names(asked or "") if name not in known][:5]
    if unknown:
        which = "no model" if len(unknown) == 1 else "no models"
        st.warning(
            f"There is {which} called {plain(', '.join(unknown))}. Choose from the list, or train one.",
            icon=":material/help:",
        )
