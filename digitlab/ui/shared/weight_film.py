"""A run's weights through its epochs as a film, with the loss in step."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from digitlab.image import CLASSES
from digitlab.runs.run import Run
from digitlab.runs.weights import spread, weight_images
from digitlab.ui.components.film import Film, LossCurve, pack_curves, pack_film

_MOST_FRAMES = 41
"""Frames of a film; a training of more epochs shows every second, third, … of them."""

_LOSSES = {"training": "train_loss", "validation": "validation_loss"}


@dataclass(frozen=True)
class WeightFilm:
    """What a film is about; the words are those of `Film`.

    read: weights of shape (pictures, height, width) from a weights file or snapshot.
    """

    key: str
    title: str
    captions: Sequence[str]
    tile: str
    columns: int
    meaning: str
    hint: str
    read: Callable[[Path], np.ndarray]


SOFTMAX_WEIGHTS = WeightFilm(
    key="weights",
    title="Weights of each digit, one per pixel",
    captions=[str(digit) for digit in range(CLASSES)],
    tile="Digit",
    columns=5,
    meaning="weight: ink here speaks against the digit (blue) or for it (red)",
    hint="Point at a pixel to read its weight.",
    read=weight_images,
)
"""The ten weight images of a softmax regression."""


@st.cache_resource(
    show_spinner=False,
    max_entries=16,
    hash_funcs={Run: lambda run: str(run.folder.resolve()), WeightFilm: lambda about: about.key},
)
def weight_film(run: Run, about: WeightFilm, stamp: str) -> Film:
    """The film, made once as long as the run's files stay the same."""
    chosen = run.status.chosen_epoch
    snapshots = {int(path.stem): path for path in run.snapshots}
    if snapshots:
        snapshots = dict(sorted({chosen: run.weights, **snapshots}.items()))  # few ship, and not always the chosen one
    epochs = spread(list(snapshots), _MOST_FRAMES, [chosen])
    paths = {epoch: snapshots[epoch] for epoch in epochs} or {chosen: run.weights}
    return Film(
        name=f"{run.id} {stamp}",
        title=about.title,
        frames=np.stack([about.read(path) for path in paths.values()]),
        captions=about.captions,
        tile=about.tile,
        columns=about.columns,
        meaning=about.meaning,
        hint=about.hint,
        epochs=list(paths),
        curves=loss_curves(run) if len(paths) > 1 else (),
        chosen=chosen,
    )


def loss_curves(run: Run) -> list[LossCurve]:
    """Training and validation loss by epoch. Raises BadRun when the history is damaged."""
    history: Sequence[Mapping[str, Any]] = run.history
    return [
        LossCurve(part, [record["epoch"] for record in history if key in record], [r[key] for r in history if key in r])
        for part, key in _LOSSES.items()
    ]


def stamp_of(run: Run) -> str:
    """Changes when the weights or the number of snapshots do."""
    try:
        return f"{run.weights.stat().st_mtime_ns} {len(run.snapshots)}"
    except OSError:  # reading the weights will say what is wrong
        return "none"


def packed_past(run: Run) -> dict[str, Any]:
    """What panels show of a run's epochs beside its answers, as the browser gets it: the loss curves and, for a softmax
    regression, the weight images. Raises BadRun when the run is damaged."""
    if run.config.model == "softmax":
        return pack_film(weight_film(run, SOFTMAX_WEIGHTS, stamp_of(run)))
    return {"curves": pack_curves(loss_curves(run)), "chosen": run.status.chosen_epoch}
