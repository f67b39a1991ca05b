"""A run's snapshots: when they change, and the norm of the weights in each."""

from typing import Any

import streamlit as st
from torch import nn

from digitlab.explain.weights import weight_norm
from digitlab.figures.norms import WEIGHT_NORM
from digitlab.runs.run import Run


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
