"""Models that still learn: their answers change without a stroke, so the part that shows them runs by itself."""

from collections.abc import Sequence

import streamlit as st

from digitlab.errors import DigitlabError
from digitlab.runs.catalog import ModelEntry, find_run
from digitlab.runs.status import State

_SECONDS = 1.0


def refresh_every(models: Sequence[ModelEntry]) -> float | None:
    """Seconds after which the answers are asked for again; None while no chosen model is being trained."""
    return _SECONDS if any(model.state is State.RUNNING for model in models) else None


def follow_learning(models: Sequence[ModelEntry]) -> None:
    """At the end of the fragment that `refresh_every` repeats: end the repeating when no model learns any more."""
    if refresh_every(models) and not any(_learns(model.name) for model in models):
        st.rerun()


def _learns(name: str) -> bool:
    try:
        return find_run(name).state is State.RUNNING
    except DigitlabError:  # deleted meanwhile
        return False
