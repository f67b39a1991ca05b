"""Which models are asked: one or several, chosen on a page and held in its address, each in a colour of its own.

Models that still learn change their answers without a stroke, so the part of a page that shows them runs by itself.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from digitlab.errors import DigitlabError
from digitlab.figures.style import colour_numbers, model_colour
from digitlab.formats import unlike
from digitlab.runs.listing import Entry
from digitlab.runs.status import State
from digitlab.ui.app import address
from digitlab.ui.app.readers import DEFAULTS

KEY = "models"
"""The models that answer on Draw: the widget's key, and the name in the address."""

_NO_MODELS = "There is no model yet. Train one: `digitlab train --model softmax`, then load this page again."
_COLOURS = "numbers of models in the palette"
_SECONDS = 1.0


def pick_models(entries: Sequence[Entry]) -> list[Entry]:
    """Show the chips and give back the chosen models in the order of choice."""
    if not entries:
        st.info(_NO_MODELS, icon=":material/model_training:")
        return []
    known = by_id(entries)
    chosen: list[str] = st.multiselect(
        "Models that answer",
        list(known),
        placeholder="Choose models",
        **address.several(
            KEY,
            known,
            [name for name in DEFAULTS if name in known] or list(known)[:1],
            help="Each model gets a card with its answer. The choice is part of the address: a copied link has it, "
            "too.",
            label=lambda name: title(known, name),
        ),
    )
    return [known[name] for name in chosen]


def pick_one_model(entries: Sequence[Entry], promise: str, **how: Any) -> Entry | None:
    """Show the list and give back the chosen model; None, and a line that says what to do, when there is none.

    The choice is in the address (`?model=cnn`) and the same on every page.
    promise: what the page will show, for that line. how: further arguments of the list.
    """
    if not entries:
        st.info(f"{promise} There is no model yet: start one on the page Train.", icon=":material/model_training:")
        return None
    known = by_id(entries)
    chosen: str = st.selectbox(
        "Model",
        list(known),
        **how,
        **address.choice(
            "model",
            known,
            help="All shipped models, and all runs that have saved weights.",
            label=lambda name: _with_architecture(known, name),
        ),
    )
    return known[chosen]


def by_id(entries: Iterable[Entry]) -> dict[str, Entry]:
    """Id → entry, in their order. Where several are called the same, their titles have the end of the id as well:
    a browser gives back what it shows, and could not tell them apart."""
    known = {entry.id: entry for entry in entries}
    titles = unlike({name: entry.title for name, entry in known.items()})
    return {
        name: entry if entry.title == titles[name] else replace(entry, title=titles[name])
        for name, entry in known.items()
    }


def title(known: Mapping[str, Entry], name: str) -> str:
    """What people call a model; its id where it is no longer known."""
    return known[name].title if name in known else name


def _with_architecture(known: Mapping[str, Entry], name: str) -> str:
    shown = title(known, name)
    return shown if name not in known or shown == known[name].config.model else f"{shown} ({known[name].config.model})"


def colours(names: Sequence[str]) -> dict[str, str]:
    """Each model's colour in this session, the same on every page; asking for some of those chosen changes no other."""
    numbers: dict[str, int] = st.session_state.get(_COLOURS, {})
    if not set(names) <= numbers.keys():
        numbers = st.session_state[_COLOURS] = colour_numbers(names, numbers)
    return {name: model_colour(numbers[name]) for name in names}


def refresh_every(models: Sequence[Entry]) -> float | None:
    """Seconds after which the answers are asked for again; None while no chosen model is being trained."""
    return _SECONDS if any(model.state is State.RUNNING for model in models) else None


def follow_learning(models: Sequence[Entry]) -> None:
    """At the end of the fragment that `refresh_every` repeats: end the repeating when no model learns any more."""
    if refresh_every(models) and not any(_learns(model) for model in models):
        address.rerun()


def _learns(model: Entry) -> bool:
    try:
        return model.run.state is State.RUNNING
    except DigitlabError:  # deleted meanwhile
        return False
