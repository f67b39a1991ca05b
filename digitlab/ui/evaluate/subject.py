"""What the page is about: one model's answers on one data set, computed once and remembered."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st

from digitlab.data.parts import Part
from digitlab.metrics.predictions import Predictions
from digitlab.runs.evaluations import Evaluation, fingerprint_file
from digitlab.runs.reading import read_kept
from digitlab.runs.run import Run
from digitlab.runs.scoring import score
from digitlab.ui.evaluate.data import can_wait, how_to_get, is_here, test_part


@dataclass(frozen=True)
class Subject:
    """A model's answers. fingerprints: of its weights and of the images, which name the answers exactly.

    part: the images, or None for an uploaded file's or a data set's that have not been loaded yet.
    """

    run: Run
    data: str
    predictions: Predictions
    fingerprints: tuple[str, str]
    part: Part | None

    def numbers(self, compute: Callable[..., Any], *arguments: Any) -> Any:
        """`compute(predictions, *arguments)`, remembered by all sessions."""
        name = f"{compute.__module__}.{compute.__qualname__}"
        return _remembered(name, self.fingerprints, arguments, compute, self.predictions)

    def images(self) -> np.ndarray | None:
        """All images, `uint8` of shape (N, 28, 28); None, and a line on how to get them, when they are not here."""
        images = self.images_if_here()
        if images is None and is_here(self.data):
            st.rerun()  # the kept scores are of other images; now that these are loaded, they are scored
        if images is None:
            st.caption(how_to_get(self.data))
        return images

    def images_if_here(self) -> np.ndarray | None:
        """All images; None when they are not on this computer, or are not those that were scored."""
        if self.part is None and not is_here(self.data):
            return None
        part = self.part or test_part(self.data)
        return part.images.numpy() if part.fingerprint() == self.fingerprints[1] else None


def evaluated(run: Run, data: str, upload: Part | None = None) -> Subject:
    """A run's answers on a data set's test part, or on an uploaded file's images.

    Kept scores are shown before any image is read, and even when the images are not here.
    Raises DataMissing when there are neither images nor kept scores, BadRun when the run cannot be read.
    """
    kept = read_kept(run, data) if can_wait(data) else None
    if kept:
        return _subject(run, data, kept, None)
    part = upload or test_part(data)
    weights, images = fingerprint_file(run.weights), part.fingerprint()
    return _subject(run, data, _scored(run.id, weights, images, run, part, None if upload else data), part)


def _subject(run: Run, data: str, found: Evaluation, part: Part | None) -> Subject:
    key = (found.weights, found.data)
    return Subject(run, data, _predictions(key, found), key, part)


@st.cache_resource(max_entries=32, show_spinner="Scoring every image of the data set. This is done once.")
def _scored(run_id: str, weights: str, images: str, _run: Run, _part: Part, kept_as: str | None) -> Evaluation:  # noqa: ARG001  the first three are the cache's key
    return score(_run, _part, kept_as)


@st.cache_resource(max_entries=32, show_spinner=False)
def _predictions(key: tuple[str, str], _found: Evaluation) -> Predictions:  # noqa: ARG001  the cache's key
    return Predictions(_found.logits, _found.labels)


@st.cache_resource(max_entries=512, show_spinner=False)
def _remembered(
    name: str,  # noqa: ARG001  these three are the cache's key
    key: tuple[str, str],  # noqa: ARG001
    arguments: tuple[Any, ...],
    _compute: Callable[..., Any],
    _predictions: Predictions,
) -> Any:
    return _compute(_predictions, *arguments)
