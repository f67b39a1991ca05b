"""What models say to the kept drawings: read once for each version of the weights and each set of images."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st

from digitlab.data.mine import KeptDrawing
from digitlab.data.part_names import PartName
from digitlab.errors import DigitlabError
from digitlab.runs.catalog import ModelEntry, find_run
from digitlab.runs.run import Run
from digitlab.ui.callouts import tell
from digitlab.ui.handwriting.images import images_of
from digitlab.ui.model_picker import shown_name
from digitlab.ui.predictors import Stamp, predictor, stamp_of

_FURTHEST_BACK = 8
"""Trainings that started from one another, followed so far."""


@dataclass(frozen=True)
class Answers:
    """A model's digits for the drawings, `int` of shape (N,). learned: whether it was trained on them."""

    entry: ModelEntry
    run: Run
    said: np.ndarray
    learned: bool

    def right(self, drawings: Sequence[KeptDrawing], part: PartName | None = None) -> np.ndarray:
        """Which of the drawings, or of one part of them, it reads right; `bool`."""
        chosen = np.array([part in (None, one.part) for one in drawings], bool)
        return (self.said == np.array([one.drawing.digit for one in drawings]))[chosen]


def answers_of(entries: Sequence[ModelEntry], drawings: Sequence[KeptDrawing]) -> list[Answers]:
    """The models' answers to the drawings; what is wrong with a model becomes one line."""
    images = images_of(drawings)
    fingerprint = hashlib.sha256(images.tobytes()).hexdigest()
    found = []
    for entry in entries:
        try:
            run = find_run(entry.name)
            said = _said(entry.name, stamp_of(entry.name), fingerprint, images)
            found.append(Answers(entry, run, said, _has_learned(run)))
        except DigitlabError as error:
            tell(type(error)(f"{shown_name(entry)}: {error}"))
    return found


@st.cache_data(max_entries=64, show_spinner=False)
def _said(name: str, weights: Stamp, fingerprint: str, _images: np.ndarray) -> np.ndarray:  # noqa: ARG001  the cache's key
    return np.array([reading.digit for reading in predictor(name).read_all(_images)], int)


def _has_learned(run: Run) -> bool:
    """Whether the run, or one that it started from, was trained on the kept drawings."""
    for _ in range(_FURTHEST_BACK):
        config = run.config
        if "mine" in config.data.split("+"):
            return True
        if not config.start_from:
            return False
        try:
            run = find_run(config.start_from)
        except DigitlabError:  # deleted since: nobody can tell any more
            return False
    return False
