"""The catalogue of all runs: checkpoints and the installation's own, found by name, listed with what people call them.

Quick even when there are a thousand of them: a run is read again only when one of its small files has changed.
"""

import os
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from digitlab import settings as installation
from digitlab.access import OWNER, Visitor
from digitlab.config import TrainConfig
from digitlab.errors import BadRun, UnknownName
from digitlab.folders import remove_folder
from digitlab.runs.label import Label, read_label
from digitlab.runs.owner import check_change_run, may_see_score
from digitlab.runs.run import CHECKPOINT_NAME, RUN_ID, Run, open_run
from digitlab.runs.status import UNFINISHED, State, Status
from digitlab.settings import Settings

_FIRST = ("softmax", "cnn")
"""The checkpoints that are listed before all others."""

_LONGEST_ID = 200
"""Longer names are no model's; file systems refuse them with an error of their own."""

_READ = ("config.json", "status.json", "results.json", "history.jsonl", "label.json")


@dataclass(frozen=True)
class Entry:
    """A run as lists, pickers and tables show it, read from small files alone.

    title: what people call it: the name that they gave it; a checkpoint goes by its id everywhere.
    best_validation_accuracy: in 0..1, None before the first epoch. accuracies: data set → accuracy on its test part,
    in 0..1. parameters: their number, 0 when not yet known. has_weights: whether it can be asked.
    """

    run: Run
    title: str
    is_checkpoint: bool
    starred: bool
    state: State
    config: TrainConfig
    status: Status
    parameters: int
    best_validation_accuracy: float | None
    accuracies: dict[str, float]
    has_weights: bool
    notes: str = ""
    tags: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """What `Catalogue.find` takes: a checkpoint's name or a run id."""
        return self.run.id


@dataclass(frozen=True)
class Damaged:
    """A run's folder that cannot be read, and why."""

    run: Run
    reason: str


class Catalogue:
    """All runs of an installation. Nothing is read before it is asked for."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def checkpoints(self) -> list[Run]:
        """The shipped runs: `softmax` and `cnn` first, then by name."""
        folders = _subfolders(installation.CHECKPOINTS)
        runs = [Run(folder) for folder in folders if CHECKPOINT_NAME.fullmatch(folder.name)]
        return sorted(runs, key=lambda run: (_FIRST.index(run.id) if run.id in _FIRST else len(_FIRST), run.id))

    def runs(self) -> list[Run]:
        """The installation's own runs, newest first."""
        folders = [folder for folder in _subfolders(self.settings.runs) if RUN_ID.fullmatch(folder.name)]
        return [Run(folder) for folder in sorted(folders, key=lambda folder: folder.name, reverse=True)]

    def find(self, name: str) -> Run:
        """The run of a checkpoint's name or a run id; nothing else ever touches the disk.

        Raises UnknownName when there is none.
        """
        for pattern, parent in ((RUN_ID, self.settings.runs), (CHECKPOINT_NAME, installation.CHECKPOINTS)):
            if len(name) <= _LONGEST_ID and pattern.fullmatch(name) and (parent / name / "config.json").is_file():
                return Run(parent / name)
        names = ", ".join(run.id for run in self.checkpoints()) or "none yet"
        raise UnknownName(f"There is no model {name[:80]!r}. Name a run id or a checkpoint ({names}).")

    def find_or_folder(self, name: str) -> Run:
        """Like `find`, and a run's folder may be named too: for the command line, whose user may read any folder.

        Raises UnknownName or BadRun.
        """
        return open_run(Path(name)) if _is_folder(name) else self.find(name)

    def everything(self) -> list[Entry | Damaged]:
        """The installation's own runs, newest first, then the checkpoints."""
        return [read_entry(run) for run in self.runs() + self.checkpoints()]

    def entries(self) -> list[Entry]:
        """The same without the damaged ones."""
        return [entry for entry in self.everything() if isinstance(entry, Entry)]

    def models(self) -> list[Entry]:
        """Every run that can be asked, the checkpoints first."""
        return sorted((entry for entry in self.entries() if entry.has_weights), key=lambda e: not e.is_checkpoint)


def read_entry(run: Run) -> Entry | Damaged:
    """A run as lists show it, or why it cannot be read; quick when none of its small files has changed."""
    is_checkpoint = run.is_checkpoint
    try:
        small = _read(run.folder, _stamps(run.folder))
        if isinstance(small, str):
            return Damaged(run, small)
        return Entry(
            run=run,
            title=run.id if is_checkpoint else small.label.name,
            is_checkpoint=is_checkpoint,
            starred=small.label.starred,
            state=run.state if small.status.state in UNFINISHED else small.status.state,
            config=small.config,
            status=small.status,
            parameters=small.parameters,
            best_validation_accuracy=small.best_validation_accuracy,
            accuracies=dict(small.accuracies),
            has_weights=run.weights.is_file(),
            notes=small.label.notes,
            tags=small.label.tags,
        )
    except BadRun as error:
        return Damaged(run, str(error))
    except OSError as error:
        return Damaged(run, f"A file of {run.id} cannot be read: {error.strerror}. Check the folder and its rights.")


def as_seen(entry: Entry, visitor: Visitor) -> Entry:
    """The entry without the accuracies on drawings that the visitor may not see."""
    seen = {data: one for data, one in entry.accuracies.items() if may_see_score(visitor, entry.run, data)}
    return replace(entry, accuracies=seen)


def delete_run(run: Run, visitor: Visitor = OWNER) -> None:
    """Delete a run: at once gone from every list, then from the disk. visitor: who does it.

    Raises BadRun for a checkpoint, and while a process works on the run; NotAllowed when it is somebody else's;
    NotSaved when it cannot be moved away.
    """
    check_change_run(visitor, run)
    run.check_changeable()
    if run.is_locked():
        raise BadRun(f"{run.id} is being trained. Stop it first, then delete it.")
    remove_folder(run.folder)


def _is_folder(name: str) -> bool:
    try:
        return bool(name) and Path(name).is_dir()
    except OSError:  # too long for the file system
        return False


def _subfolders(parent: Path) -> list[Path]:
    return [folder for folder in parent.iterdir() if folder.is_dir()] if parent.is_dir() else []


@dataclass(frozen=True)
class _SmallFiles:
    """What the small files of a run say."""

    label: Label
    config: TrainConfig
    status: Status
    parameters: int
    best_validation_accuracy: float | None
    accuracies: tuple[tuple[str, float], ...]


def _stamps(folder: Path) -> tuple[tuple[int, int], ...]:
    """When each file was last written, and its size: as long as these are the same, so is what was read."""
    stamps = []
    place = f"{folder}{os.sep}"  # quicker than a Path for each file of ten thousand runs
    for name in _READ:
        try:
            found = os.stat(place + name)  # noqa: PTH116  see above
            stamps.append((found.st_mtime_ns, found.st_size))
        except OSError:
            stamps.append((0, 0))
    return tuple(stamps)


@lru_cache(maxsize=16_384)  # more than are listed: a cache that is too small for one look is of no use to the next
def _read(folder: Path, _stamps: tuple[tuple[int, int], ...]) -> _SmallFiles | str:
    """What the small files say, or why they cannot be read: that is remembered, too."""
    run = Run(folder)
    try:
        results = run.results
        return _SmallFiles(
            label=read_label(run),
            config=run.config,
            status=run.status,
            parameters=results.get("parameters", 0),
            best_validation_accuracy=max(
                (one["validation_accuracy"] for one in run.history if "validation_accuracy" in one),
                default=None,
            ),
            accuracies=tuple((data, figures["accuracy"]) for data, figures in results.get("test", {}).items()),
        )
    except BadRun as error:
        if isinstance(error.__cause__, OSError):  # the next look may find it readable
            raise
        return str(error)
