"""What models read in the user's drawings."""

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

import numpy as np
import streamlit as st

from digitlab.data import PartName
from digitlab.data.handwriting_file import MyDrawing
from digitlab.errors import DigitlabError
from digitlab.runs.listing import Entry
from digitlab.runs.run import Run
from digitlab.ui.app.callouts import show_error
from digitlab.ui.app.installation import catalogue
from digitlab.ui.app.readers import Stamp, predictor, stamp_of
from digitlab.ui.handwriting.selection import images_of

_MOST_FOLLOWED = 50
"""Trainings that started from one another, or taught one another, of which it is looked up what they learned from."""


@dataclass(frozen=True)
class Answers:
    """A model's digits for the drawings, `int` of shape (N,). learned: whether it was trained on them."""

    entry: Entry
    said: np.ndarray
    learned: bool

    def right(self, drawings: Sequence[MyDrawing], part: PartName | None = None) -> np.ndarray:
        """Which of the drawings, or of one part of them, it reads right; `bool`."""
        chosen = np.array([part in (None, one.part) for one in drawings], bool)
        return (self.said == np.array([one.digit for one in drawings]))[chosen]


def answers_of(entries: Sequence[Entry], drawings: Sequence[MyDrawing]) -> list[Answers]:
    """The models' answers to the drawings; what is wrong with a model becomes one line."""
    images = images_of(drawings)
    fingerprint = hashlib.sha256(images.tobytes()).hexdigest()
    found = []
    for entry in entries:
        try:
            said = _said(entry.id, stamp_of(entry.id), fingerprint, images)
            found.append(Answers(entry, said, _has_learned(entry.run)))
        except DigitlabError as error:
            show_error(type(error)(f"{entry.title}: {error}"))
    return found


@st.cache_data(max_entries=64, show_spinner=False)
def _said(name: str, weights: Stamp, fingerprint: str, _images: np.ndarray) -> np.ndarray:  # noqa: ARG001  the cache's key
    return np.array([reading.digit for reading in predictor(name).read_all(_images)], int)


def _has_learned(run: Run) -> bool:
    """Whether the run, or one that it started from or learned the answers of, was trained on the user's drawings."""
    waiting, seen = [run], {run.id}
    while waiting and len(seen) <= _MOST_FOLLOWED:
        config = waiting.pop(0).config
        if "mine" in config.data_names:
            return True
        for name in {config.start_from, *config.teacher_names} - seen - {""}:
            seen.add(name)
            with suppress(DigitlabError):  # deleted since: nobody can tell any more
                waiting.append(catalogue().find(name))
    return False
