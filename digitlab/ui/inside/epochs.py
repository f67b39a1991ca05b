"""Weights through the epochs: a run's snapshots as a film, with the loss in step."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import streamlit as st

from digitlab.explain.weights import spread
from digitlab.runs.run import Run
from digitlab.ui.inside.film import Curve, Film, show_film
from digitlab.ui.inside.snapshots import stamp_of

_MOST_FRAMES = 41
"""Frames of a film; a training of more epochs shows every second, third, … of them."""

_LOSSES = {"training": "train_loss", "validation": "validation_loss"}


@dataclass(frozen=True)
class Subject:
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


def show_epochs(run: Run, subject: Subject) -> None:
    """Show the run's weights at the epoch in the address, and let them be played."""
    film = _film(run, subject, stamp_of(run))
    if len(film.epochs) < 2:
        st.caption("This run kept no snapshots of its epochs: these are the weights that it keeps.")
    show_film(film, f"{subject.key} of {run.id}", epoch=_asked(film))


@st.cache_resource(
    show_spinner=False,
    max_entries=16,
    hash_funcs={Run: lambda run: str(run.folder.resolve()), Subject: lambda subject: subject.key},
)
def _film(run: Run, subject: Subject, stamp: str) -> Film:
    """The film, made once as long as the run's files stay the same."""
    best = run.status.best_epoch
    kept = {int(path.stem): path for path in run.snapshots}
    paths = {epoch: kept[epoch] for epoch in spread(list(kept), _MOST_FRAMES, [best])} or {best: run.weights}
    return Film(
        name=f"{run.id} {stamp}",
        title=subject.title,
        frames=np.stack([subject.read(path) for path in paths.values()]),
        captions=subject.captions,
        tile=subject.tile,
        columns=subject.columns,
        meaning=subject.meaning,
        hint=subject.hint,
        epochs=list(paths),
        curves=_curves(run) if len(paths) > 1 else (),
        best=best,
    )


def _curves(run: Run) -> list[Curve]:
    history = run.history
    return [
        Curve(part, [record["epoch"] for record in history if key in record], [r[key] for r in history if key in r])
        for part, key in _LOSSES.items()
    ]


def _asked(film: Film) -> int:
    """The film's epoch that is nearest to the one in the address; the chosen epoch when that names none."""
    asked = st.query_params.get("epoch", "")
    wanted = int(asked) if asked.isdecimal() and len(asked) < 6 else film.best
    return min(film.epochs, key=lambda epoch: abs(epoch - wanted))
