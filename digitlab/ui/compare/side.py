"""One of the compared models: its run, its colour, and its answers on the test data."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from digitlab.compare.costs import Costs, costs_of
from digitlab.data.parts import Part
from digitlab.errors import DigitlabError
from digitlab.figures.overlay import Compared
from digitlab.runs.catalog import ModelEntry, find_run
from digitlab.runs.run import Run
from digitlab.ui.callouts import tell
from digitlab.ui.evaluate.subject import Subject, evaluated
from digitlab.ui.model_picker import colours, shown_name
from digitlab.ui.predictors import predictor


@dataclass(frozen=True)
class Side:
    """subject: its answers, None when it has none on this data."""

    entry: ModelEntry
    run: Run
    colour: str
    subject: Subject | None

    @property
    def name(self) -> str:
        return self.entry.name

    @property
    def title(self) -> str:
        return shown_name(self.entry)

    def compared(self) -> Compared:
        """As the figures show it. Raises BadRun when its history cannot be read."""
        return Compared(self.title, self.colour, self.run.history)

    def costs(self) -> Costs | None:
        """What it costs, measured once; None when it cannot be loaded."""
        try:
            return _costs(self.name, self.run.weights.stat().st_mtime_ns)
        except (DigitlabError, OSError):
            return None


def sides(entries: Sequence[ModelEntry], data: str, upload: Part | None) -> list[Side]:
    """The models with their answers; what is wrong with one of them becomes one line."""
    colour = colours([entry.name for entry in entries])
    return [Side(entry, find_run(entry.name), colour[entry.name], _subject(entry, data, upload)) for entry in entries]


def on_the_same_images(found: Sequence[Side]) -> list[Side]:
    """Those that have answers on the images of the first one that has any; a line names the others."""
    scored = [side for side in found if side.subject]
    images = {side.subject.fingerprints[1] for side in scored[:1] if side.subject}
    same = [side for side in scored if side.subject and side.subject.fingerprints[1] in images]
    for side in scored:
        if side not in same:
            st.warning(f"The kept scores of {side.title} are of other images. It is left out below.")
    return same


def _subject(entry: ModelEntry, data: str, upload: Part | None) -> Subject | None:
    try:
        return evaluated(find_run(entry.name), data, upload)
    except DigitlabError as error:
        tell(type(error)(f"{shown_name(entry)}: {error}"))
        return None


@st.cache_data(show_spinner=False, max_entries=64)
def _costs(name: str, stamp: int) -> Costs:  # noqa: ARG001  the stamp is part of the cache's key
    return costs_of(find_run(name), predictor(name))
