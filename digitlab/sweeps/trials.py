"""The table of a sweep: each trial with its runs, read from their own folders. No Optuna is needed.

Quick even for ten thousand runs: a run is read again only when one of its small files has changed.
"""

import os
import statistics
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from digitlab.errors import BadRun
from digitlab.runs.history import read_history
from digitlab.runs.listing import Entry, read_entry
from digitlab.runs.run import Run
from digitlab.runs.status import State
from digitlab.sweeps.journal import Ending, read_journal
from digitlab.sweeps.plan import Objective
from digitlab.sweeps.space import Setting
from digitlab.sweeps.sweep import Sweep

DELETED, DAMAGED = "deleted", "damaged"
"""States of a run that is no longer there, or cannot be read; else it is one of `runs.status.State`."""

_ENDED = (State.DONE, State.STOPPED, State.FAILED)

_LAST_WRITTEN = ("status.json", "results.json", "label.json", "history.jsonl")


@dataclass(frozen=True)
class TrialRun:
    """One training of a trial.

    title: what people call it. epoch, epochs: how many are done, of how many. loss, accuracy: on the validation part,
    of the epoch whose weights it keeps; the accuracy in 0..1; None before the first epoch. test: data set → accuracy on
    its test part, in 0..1, to look at, not to choose by. seconds: of computing.
    """

    run: Run
    seed: int
    state: str
    title: str = ""
    epoch: int = 0
    epochs: int = 0
    loss: float | None = None
    accuracy: float | None = None
    test: Mapping[str, float] | None = None
    seconds: float = 0.0

    def value(self, objective: Objective) -> float | None:
        """What trials are compared by."""
        return self.accuracy if objective is Objective.ACCURACY else self.loss


@dataclass(frozen=True)
class Trial:
    """One trial. number: from 1. ending: None while it is under way. reason: why it failed, if told."""

    number: int
    setting: Setting
    runs: tuple[TrialRun, ...]
    ending: Ending | None = None
    reason: str = ""

    @property
    def is_done(self) -> bool:
        """Whether it was trained to its end, with every seed."""
        return self.ending is Ending.DONE

    def value(self, objective: Objective) -> float | None:
        """The mean over its seeds, of those whose runs are there; None when there is none."""
        values = [value for one in self.runs if (value := one.value(objective)) is not None]
        return statistics.fmean(values) if values else None

    @property
    def seconds(self) -> float:
        """Of computing, a run on average."""
        return statistics.fmean(one.seconds for one in self.runs) if self.runs else 0.0


def read_trials(sweep: Sweep) -> list[Trial]:
    """All trials of a sweep, in the order in which they were tried. Raises BadRun when its journal is damaged."""
    return [
        Trial(
            told.number,
            told.setting,
            tuple(read_trial_run(Run(sweep.runs / run), seed) for seed, run in sorted(told.runs.items())),
            told.ending,
            told.reason,
        )
        for told in read_journal(sweep.journal)
    ]


def read_trial_run(run: Run, seed: int) -> TrialRun:
    """A run as its sweep's table shows it; one that has ended is looked at only when it has changed since."""
    known = _known(run.folder, seed, _stamps(run.folder))
    if known:
        return known[0]
    found = _read_trial_run(run, seed)
    if found.state in _ENDED:
        known.append(found)
    return found


@lru_cache(maxsize=16_384)
def _known(_folder: Path, _seed: int, _stamps: tuple[tuple[int, int], ...]) -> list[TrialRun]:
    """Where a run that has ended is remembered, as long as its files are the same."""
    return []


def _stamps(folder: Path) -> tuple[tuple[int, int], ...]:
    """When the files were last written that are written when a run that has ended changes."""
    stamps = []
    for name in _LAST_WRITTEN:
        try:
            found = os.stat(f"{folder}{os.sep}{name}")  # noqa: PTH116  quicker than a Path
            stamps.append((found.st_mtime_ns, found.st_size))
        except OSError:
            stamps.append((0, 0))
    return tuple(stamps)


def _read_trial_run(run: Run, seed: int) -> TrialRun:
    entry = read_entry(run)
    if not isinstance(entry, Entry):
        return TrialRun(run, seed, DELETED if run.is_gone else DAMAGED)
    loss, accuracy = chosen_values(run, keep_last=entry.config.keep == "last")
    return TrialRun(
        run=run,
        seed=seed,
        state=entry.state.value,
        title=entry.title,
        epoch=entry.status.epoch,
        epochs=entry.config.epochs,
        loss=loss,
        accuracy=accuracy,
        test=entry.accuracies,
        seconds=entry.status.seconds,
    )


def chosen_values(run: Run, *, keep_last: bool) -> tuple[float | None, float | None]:
    """Validation loss and accuracy of the epoch whose weights a run keeps; None before the first one."""
    path = run.history_file
    try:
        found = os.stat(path)  # noqa: PTH116  one call less for each of ten thousand
    except OSError:
        return None, None
    return _chosen(path, (found.st_ino, found.st_mtime_ns, found.st_size), keep_last)


@lru_cache(maxsize=16_384)
def _chosen(path: Path, _stamp: tuple[int, int, int], keep_last: bool) -> tuple[float | None, float | None]:
    try:
        records = read_history(path)
    except BadRun:
        return None, None
    epochs = [one for one in records if "epoch" in one and "validation_loss" in one]
    if not epochs:
        return None, None
    chosen = epochs[-1] if keep_last else min(epochs, key=lambda one: one["validation_loss"])
    return chosen["validation_loss"], chosen.get("validation_accuracy")
