"""Weights through the epochs: a run's snapshots as a film with the loss in step, and the norm of each."""

from typing import Any

import streamlit as st
from torch import nn

from digitlab.figures.training import WEIGHT_NORM
from digitlab.runs.run import Run
from digitlab.runs.weights import weight_norm
from digitlab.ui.app import address
from digitlab.ui.components.film import Film, show_film
from digitlab.ui.shared.weight_film import WeightFilm, stamp_of, weight_film

_SHOWN = "run whose epochs were shown, and the epoch in the address"


def show_epochs(run: Run, about: WeightFilm) -> None:
    """Show the run's weights at the epoch in the address, and let them be played."""
    film = weight_film(run, about, stamp_of(run))
    _forget_another_runs_epoch(run)
    if len(film.epochs) < 2:
        st.caption("This run has no snapshots of its epochs: these are the weights that it saved.")
    show_film(film, f"{about.key} of {run.id}", epoch=_asked(film))


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


def norms_of_snapshots(run: Run, model: nn.Module) -> list[dict[str, Any]]:
    """A record for each snapshot, with its epoch and the norm of its weights. Raises BadRun when one is damaged."""
    names = tuple(name for name, _ in model.named_parameters())
    return _norms(run, names, stamp_of(run))


@st.cache_data(show_spinner=False, max_entries=32, hash_funcs={Run: lambda run: str(run.folder.resolve())})
def _norms(run: Run, names: tuple[str, ...], stamp: str) -> list[dict[str, Any]]:  # noqa: ARG001 (part of the key)
    return [{"epoch": int(path.stem), WEIGHT_NORM: weight_norm(path, names)} for path in run.snapshots]
