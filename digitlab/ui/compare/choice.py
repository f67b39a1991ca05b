"""Which models are compared, and which two of them image by image: kept in the address (`?compared=softmax,cnn`)."""

from collections.abc import Sequence
from itertools import combinations

import streamlit as st

from digitlab.runs.catalog import ModelEntry
from digitlab.ui import address
from digitlab.ui.compare.side import Side
from digitlab.ui.model_picker import KEY as DRAWN
from digitlab.ui.model_picker import shown_name
from digitlab.ui.predictors import DEFAULTS

_KEY = "compared"
_NO_MODELS = (
    "Here you will see models side by side: their figures in one table, and the images on which they disagree. There "
    "is no model yet: start one on the page Train."
)
_ONE_MODEL = (
    "Choose two or more models above. Their figures, their curves and the images on which they disagree appear here."
)


def pick_compared(entries: Sequence[ModelEntry]) -> list[ModelEntry]:
    """Show the chips and give back two or more models in the order of choice, or none and a line on what to do."""
    if not entries:
        st.info(_NO_MODELS, icon=":material/model_training:")
        return []
    known = {entry.name: entry for entry in entries}
    usual = [name for name in DEFAULTS if name in known] or list(known)[:2]
    drawn = [name for name in st.session_state.get(DRAWN, []) if name in known]
    chosen: list[str] = st.multiselect(
        "Models",
        list(known),
        format_func=lambda name: shown_name(known[name]) if name in known else name,
        placeholder="Choose two or more models",
        help="The models to compare, two or more; at first those that are chosen on the page Draw.",
        **address.several(_KEY, known, drawn if len(drawn) > 1 else usual),
    )
    if chosen != usual and _KEY not in st.query_params:
        address.write(_KEY, chosen)  # chosen on Draw: a copied link must say so
    if len(chosen) < 2:
        st.info(_ONE_MODEL, icon=":material/compare_arrows:")
        return []
    return [known[name] for name in chosen]


def pick_pair(sides: Sequence[Side]) -> tuple[Side, Side]:
    """Two of the models; with more than two there is a list to choose from. sides: two or more."""
    if len(sides) == 2:
        return sides[0], sides[1]
    known = {f"{a.name},{b.name}": (a, b) for a, b in combinations(sides, 2)}
    if st.query_params.get("pair") not in known:
        st.query_params.pop("pair", None)  # one of its models is no longer compared
    pair: str = st.selectbox(
        "Pair",
        list(known),
        format_func=lambda name: " and ".join(side.title for side in known[name]) if name in known else name,
        help="Which two of the models are compared image by image.",
        **address.choice("pair", known),
    )
    return known[pair]
