"""One model's answers on one data set, as Evaluate and Compare show them: computed once and remembered."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st

from digitlab.data.parts import Part
from digitlab.metrics.predictions import Predictions, tempered
from digitlab.runs.run import Run
from digitlab.runs.scores import Scores, fingerprint_file, read_doubt, read_scores, score
from digitlab.training.devices import all_cores
from digitlab.ui.app import address
from digitlab.ui.shared.data_picker import can_wait, how_to_get, is_here, is_private, test_part

_Key = tuple[str, str, str, float]
"""Architecture, weights, images and temperature: all that the answers depend on."""


@dataclass(frozen=True)
class Scored:
    """A model's answers, at a temperature.

    part: the images, or None for an uploaded file's or a data set's that have not been loaded yet.
    """

    run: Run
    data: str
    scores: Scores
    temperature: float
    part: Part | None

    @property
    def key(self) -> _Key:
        """Names the answers exactly."""
        return *self.scores.origin, self.temperature

    @property
    def about(self) -> str:
        """What its figures are of, for the names of files: `cnn mnist test`."""
        return f"{self.run.id} {self.data} test"

    @property
    def answers(self) -> Predictions:
        """At this temperature."""
        return _answers(self.key, self.scores)

    def at(self, temperature: float) -> "Scored":
        """The same at another temperature; 1 is as trained."""
        return Scored(self.run, self.data, self.scores, temperature, self.part)

    def compute(self, what: Callable[..., Any], *arguments: Any) -> Any:
        """`what(answers, *arguments)`, remembered by all sessions."""
        name = f"{what.__module__}.{what.__qualname__}"
        return _remembered(name, self.key, arguments, what, self.scores)

    def images(self) -> np.ndarray | None:
        """All images, `uint8` of shape (N, 28, 28); None, and a line on how to get them, when they are not here."""
        images = self.images_if_here()
        if images is None and is_here(self.data):
            address.rerun()  # the saved scores are of other images; now that these are loaded, they are scored
        if images is None:
            st.caption(how_to_get(self.data))
        return images

    def images_if_here(self) -> np.ndarray | None:
        """All images; None when they are not on this computer, or are not those that were scored."""
        if self.part is None and not is_here(self.data):
            return None
        part = self.part or test_part(self.data)
        return part.images.numpy() if part.fingerprint() == self.scores.images else None


def scored(run: Run, data: str, upload: Part | None = None) -> Scored:
    """A run's calibrated answers on a data set's test part, or on an uploaded file's images.

    Saved scores are shown before any image is read, and even when the images are not here.
    Raises DataMissing when there are neither images nor saved scores, BadRun when the run cannot be read.
    """
    temperature = read_doubt(run).temperature
    saved = read_scores(run, data) if can_wait(data) else None
    if saved:
        return Scored(run, data, saved, temperature, None)
    part = upload or test_part(data)
    origin = (run.config.model, fingerprint_file(run.weights), part.fingerprint())
    return Scored(
        run, data, _scores(run.id, origin, run, part, None if upload or is_private(data) else data), temperature, part
    )


@st.cache_resource(max_entries=32, show_spinner="Scoring every image of the data set. This is done once.")
def _scores(run_id: str, origin: tuple[str, str, str], _run: Run, _part: Part, save_as: str | None) -> Scores:  # noqa: ARG001  the first two are the cache's key
    with all_cores():
        return score(_run, _part, save_as)


@st.cache_resource(max_entries=32, show_spinner=False)
def _answers(key: _Key, _scores: Scores) -> Predictions:
    return tempered(Predictions(_scores.logits, _scores.labels), key[-1])


@st.cache_resource(max_entries=512, show_spinner=False)
def _remembered(
    name: str,  # noqa: ARG001  part of the cache's key
    key: _Key,
    arguments: tuple[Any, ...],
    _what: Callable[..., Any],
    _scores: Scores,
) -> Any:
    return _what(_answers(key, _scores), *arguments)
