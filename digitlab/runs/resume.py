"""resume/: all that a training needs to go on exactly where it was saved."""

import io
import pickle
from typing import Any

import torch

from digitlab.errors import BadRun
from digitlab.files import write_bytes
from digitlab.runs.run import Run


def save_resume(run: Run, state: dict[str, Any]) -> None:
    """Keep a trainer's state, whole or not at all, in place of the one before."""
    run.resume.parent.mkdir(exist_ok=True)
    packed = io.BytesIO()  # torch hides the reason when it cannot write to the disk
    torch.save(state, packed)
    write_bytes(run.resume, packed.getvalue())


def load_resume(run: Run) -> dict[str, Any] | None:
    """The kept state, or None when there is none. Loads tensors, numbers and strings only, never code.

    Raises BadRun when the file is damaged or holds anything else.
    """
    if not run.resume.is_file():
        return None
    try:
        state = torch.load(run.resume, map_location="cpu", weights_only=True)
    except (OSError, RuntimeError, ValueError, EOFError, KeyError, pickle.UnpicklingError) as error:
        raise BadRun(
            f"{run.resume} is damaged or foreign. Delete it to train from the start, or clone the run."
        ) from error
    if not isinstance(state, dict):
        raise BadRun(f"{run.resume} holds no training state. Delete it to train from the start, or clone the run.")
    return state
