"""The compared models: which ones (`?compared=softmax,cnn`), and each one's colour and answers on the test data."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import streamlit as st

from digitlab.data.parts import Part
from digitlab.errors import DigitlabError
from digitlab.figures.overlay import Compared
from digitlab.reading.comparison import Costs, costs_of
from digitlab.runs.listing import Entry
from digitlab.runs.run import Run
from digitlab.ui.app import address
from digitlab.ui.app.callouts import plain, show_error
from digitlab.ui.app.model_picker import KEY as DRAWN
from digitlab.ui.app.model_picker import by_id, colours, title
from digitlab.ui.app.readers import DEFAULTS, Stamp, predictor, stamp_of
from digitlab.ui.shared.scored import Scored, scored

_KEY = "compared"
_NO_MODELS = (
    "Here you will see models side by side: their figures in one table, and the images on which they disagree. There "
    "is no model yet: start one on the page Train."
)
_ONE_MODEL = (
    "Choose two or more models above. Their figures, their curves and the images on which they disagree appear here."
)


@dataclass(frozen=True)
class Side:
    """One of the compared models. scored: its answers, None when it has none on this data."""

    entry: Entry
    colour: str
    scored: Scored | None

    @property
    def id(self) -> str:
        return self.entry.id

    @property
    def title(self) -> str:
        return self.entry.title

    @property
    def run(self) -> Run:
        return self.entry.run

    @property
    def data(self) -> str:
        """The name of the data set that it answered; empty where it did not."""
        return self.scored.data if self.scored else ""

    def compared(self) -> Compared:
        """As the figures show it. Raises BadRun when its history cannot be read."""
        return Compared(self.title, self.colour, self.run.history)

    def costs(self) -> Costs | None:
        """What it costs, measured once; None when it cannot be loaded."""
        try:
            return _costs(self.id, stamp_of(self.id), self.run)
        except (DigitlabError, OSError):
            return None


def pick_compared(entries: Sequence[Entry]) -> list[Entry]:
    """Show the chips and give back two or more models in the order of choice, or none and a line on what to do."""
    if not entries:
        st.info(_NO_MODELS, icon=":material/model_training:")
        return []
    known = by_id(entries)
    usual = [name for name in DEFAULTS if name in known] or list(known)[:2]
    drawn = [name for name in st.session_state.get(DRAWN, []) if name in known]
    chosen: list[str] = st.multiselect(
        "Models",
        list(known),
        placeholder="Choose two or more models",
        **address.several(
            _KEY,
            known,
            drawn if len(drawn) > 1 else usual,
            help="The models to compare, two or more; at first those that are chosen on the page Draw.",
            label=lambda name: title(known, name),
        ),
    )
    if chosen != usual and address.asked(_KEY) is None:
        address.write(_KEY, chosen)  # chosen on Draw: a copied link must say so
    if len(chosen) < 2:
        st.info(_ONE_MODEL, icon=":material/compare_arrows:")
        return []
    return [known[name] for name in chosen]


def pick_pair(sides: Sequence[Side]) -> tuple[Side, Side]:
    """Two of the models; with more than two there is a list to choose from. sides: two or more."""
    if len(sides) == 2:
        return sides[0], sides[1]
    known = {f"{a.id},{b.id}": (a, b) for a, b in combinations(sides, 2)}
    address.forget_unless("pair", known)  # one of its models may no longer be compared
    pair: str = st.selectbox(
        "Pair",
        list(known),
        **address.choice(
            "pair",
            known,
            help="Which two of the models are compared image by image.",
            label=lambda name: " and ".join(side.title for side in known[name]) if name in known else name,
        ),
    )
    return known[pair]


def find_sides(entries: Sequence[Entry], data: str, upload: Part | None) -> list[Side]:
    """The models with their answers; what is wrong with one of them becomes one line."""
    colour = colours([entry.id for entry in entries])
    return [Side(entry, colour[entry.id], _scored(entry, data, upload)) for entry in entries]


def on_the_same_images(found: Sequence[Side]) -> list[Side]:
    """Those that have answers on the images of the first one that has any; a line names the others."""
    with_answers = [(side, side.scored.scores.images) for side in found if side.scored]
    same = [side for side, images in with_answers if images == with_answers[0][1]]
    for side, _ in with_answers:
        if side not in same:
            st.warning(f"The saved scores of {plain(side.title)} are of other images. It is left out below.")
    return same


def _scored(entry: Entry, data: str, upload: Part | None) -> Scored | None:
    try:
        return scored(entry.run, data, upload)
    except DigitlabError as error:
        show_error(type(error)(f"{entry.title}: {error}"))
        return None


@st.cache_data(show_spinner=False, max_entries=64)
def _costs(name: str, stamp: Stamp, _run: Run) -> Costs:  # noqa: ARG001  the stamp is part of the cache's key
    return costs_of(_run, predictor(name))
