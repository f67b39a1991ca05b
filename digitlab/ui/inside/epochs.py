"""Weights through the epochs: a run's snapshots as a film with the loss in step, and the norm of each."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st
from torch import nn

from digitlab.figures.training import WEIGHT_NORM
from digitlab.runs.run import Run
from digitlab.runs.weights import spread, weight_norm
from digitlab.ui.app import address
from digitlab.ui.components.film import Film, LossCurve, show_film

_MOST_FRAMES = 41
"""Frames of a film; a training of more epochs shows every second, third, … of them."""

_SHOWN = "run whose epochs were shown, and the epoch in the address"

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


def show_epochs(run: Run, about: WeightFilm) -> None:
    """Show the run's weights at the epoch in the address, and let them be played."""
    film = _film(run, about, stamp_of(run))
    _forget_another_runs_epoch(run)
    if len(film.epochs) < 2:
        st.caption("This run has no snapshots of its epochs: these are the weights that it saved.")
    show_film(film, f"{about.key} of {run.id}", epoch=_asked(film))


@st.cache_resource(
    show_spinner=False,
    max_entries=16,
    hash_funcs={Run: lambda run: str(run.folder.resolve()), WeightFilm: lambda about: about.key},
)
def _film(run: Run, about: WeightFilm, stamp: str) -> Film:
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
        curves=_curves(run) if len(paths) > 1 else (),
        chosen=chosen,
    )


def _curves(run: Run) -> list[LossCurve]:
    history: Sequence[Mapping[str, Any]] = run.history
    return [
        LossCurve(part, [record["epoch"] for record in history if key in record], [r[key] for r in history if key in r])
        for part, key in _LOSSES.items()
    ]


def _asked(film: Film) -> int:
    """The film's epoch that is nearest to the one in the address; the chosen epoch when that names none."""
    asked = address.asked("epoch") or ""
    wanted = int(asked) if asked.isdecimal() and len(asked) < 6 else film.chosen
    return min(film.epochs, key=lambda epoch: abs(epoch - wanted))


def _forget_another_runs_epoch(run: Run) -> None:
    """Drop the epoch that another run's film came to rest at: this one opens at its own chosen epoch."""
    asked = address.asked("epoch")
    before, was_asked = st.session_state.get(_SHOWN, (run.id, None))
    if before != run.id and asked == was_asked:
        address.write("epoch", None)
    st.session_state[_SHOWN] = (run.id, address.asked("epoch"))


def stamp_of(run: Run) -> str:
    """Changes when the weights or the number of snapshots do."""
    try:
        return f"{run.weights.stat().st_mtime_ns} {len(run.snapshots)}"
    except OSError:  # reading the weights will say what is wrong
        return "none"


def norms_of_snapshots(run: Run, model: nn.Module) -> list[dict[str, Any]]:
    """A record for each snapshot, with its epoch and the norm of its weights. Raises BadRun when one is damaged."""
    names = tuple(name for name, _ in model.named_parameters())
    return _norms(run, names, stamp_of(run))


@st.cache_data(show_spinner=False, max_entries=32, hash_funcs={Run: lambda run: str(run.folder.resolve())})
def _norms(run: Run, names: tuple[str, ...], stamp: str) -> list[dict[str, Any]]:  # noqa: ARG001 (part of the key)
    return [{"epoch": int(path.stem), WEIGHT_NORM: weight_norm(path, names)} for path in run.snapshots]
