"""A finished run becomes a checkpoint: the parts that ship, and a card that says where they come from."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from digitlab.errors import BadRun, NotSaved
from digitlab.files import saving, write_json, write_text
from digitlab.folders import move_folder, scratch_folder
from digitlab.runs.card import write_card
from digitlab.runs.label import read_label
from digitlab.runs.run import CHECKPOINT_NAME, Run
from digitlab.runs.status import State

_ALWAYS = ("config.json", "status.json", "results.json", "weights.safetensors")
_SHIPPED = (*_ALWAYS, "history.jsonl")
"""A run of no epochs has no history."""

_LONGEST_NAME = 40
SNAPSHOTS = 8
"""What a checkpoint ships of its past unless told otherwise: each snapshot is half as large as the weights."""


def check_checkpoint_name(name: str) -> None:
    """Raises BadRun when a checkpoint cannot have this name."""
    if len(name) > _LONGEST_NAME or not CHECKPOINT_NAME.fullmatch(name):
        raise BadRun(
            f"A checkpoint cannot be called {name[:_LONGEST_NAME]!r}. Use at most {_LONGEST_NAME} lower-case letters, "
            "digits and single hyphens."
        )


def publish(run: Run, target: Path, command: str, snapshots: int = SNAPSHOTS) -> Run:
    """Copy a finished run to `target`, in place of what is there, with a card.

    command: what made the run, for the card. snapshots: how many of the run's it ships at most.
    Raises BadRun when the run is not done, NotSaved when there is no room or no right; then the old one stays.
    """
    if run.state is not State.DONE:
        raise BadRun(f"{run.id} is {run.state}, not done. Only finished runs become checkpoints.")
    with scratch_folder(target.parent) as scratch:
        building = scratch / target.name
        with saving(target):
            _copy(run, building, snapshots)
        write_text(building / "card.md", write_card(run, target.name, command))
        _put_in_place(building, target)
    return Run(target)


def _copy(run: Run, building: Path, snapshots: int) -> None:
    building.mkdir()
    for name in _SHIPPED:
        if name in _ALWAYS or (run.folder / name).is_file():
            shutil.copy(run.folder / name, building / name)
    if notes := read_label(run).notes:  # its name, star and tags are its owner's
        write_json(building / "label.json", {"notes": notes})
    evaluations = sorted((run.folder / "evaluations").glob("*.npz"))
    for name, files in (("evaluations", evaluations), ("snapshots", _some(run.snapshots, snapshots))):
        (building / name).mkdir()
        for file in files:
            shutil.copy(file, building / name / file.name)


def _put_in_place(building: Path, target: Path) -> None:
    """The old one is moved aside, deleted only when the new one stands in its place, and moved back otherwise."""
    old = target.with_name(f".{target.name}-old")
    if old.exists() and not target.exists():  # this process was killed here the last time
        move_folder(old, target)
    shutil.rmtree(old, ignore_errors=True)
    had_one = target.exists()
    if had_one:
        move_folder(target, old)
    try:
        move_folder(building, target)
    except NotSaved:
        if had_one:
            move_folder(old, target)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _some(snapshots: Sequence[Path], most: int) -> list[Path]:
    """The first, the last, and few between: dense at the start, where most is learned, then ever sparser."""
    numbers = np.unique(np.rint(np.geomspace(max(1, len(snapshots)), 1, most)).astype(int))
    return [snapshots[number - 1] for number in numbers if number <= len(snapshots)]
