"""All models that can be asked: the shipped checkpoints and the installation's runs, found by name."""

from dataclasses import dataclass
from pathlib import Path

from digitlab.config import CHECKPOINTS, Settings
from digitlab.errors import DigitlabError, UnknownName
from digitlab.runs.run import CHECKPOINT_NAME, RUN_ID, Run, open_run
from digitlab.runs.status import State

_FIRST = ("softmax", "cnn")
"""The checkpoints that are listed before all others."""


_LONGEST_NAME = 200
"""Longer names are no model's; file systems refuse them with an error of their own."""


@dataclass(frozen=True)
class ModelEntry:
    """What a list shows of a model, read from small JSON files alone.

    name: for `find_run`. title: for people. kind: `checkpoint` or `run`. parameters: their count, 0 when not yet
    known. accuracies: data set → accuracy on its test part, in 0..1.
    """

    name: str
    title: str
    kind: str
    architecture: str
    parameters: int
    state: State
    accuracies: dict[str, float]


def list_checkpoints() -> list[Run]:
    """The shipped runs: `softmax` and `cnn` first, then by name."""
    runs = [Run(folder) for folder in _subfolders(CHECKPOINTS) if CHECKPOINT_NAME.fullmatch(folder.name)]
    return sorted(runs, key=lambda run: (_FIRST.index(run.id) if run.id in _FIRST else len(_FIRST), run.id))


def list_runs() -> list[Run]:
    """The installation's runs, newest first."""
    folders = [folder for folder in _subfolders(Settings.from_environment().runs) if RUN_ID.fullmatch(folder.name)]
    return [Run(folder) for folder in sorted(folders, key=lambda folder: folder.name, reverse=True)]


def list_models() -> list[ModelEntry]:
    """Every checkpoint and run that has weights; damaged ones are left out."""
    entries = [_entry(run, "checkpoint") for run in list_checkpoints()] + [_entry(run, "run") for run in list_runs()]
    return [entry for entry in entries if entry is not None]


def find_run(name: str) -> Run:
    """The run of a checkpoint's name or a run id; nothing else ever touches the disk.

    Raises UnknownName when there is none.
    """
    for pattern, parent in ((RUN_ID, Settings.from_environment().runs), (CHECKPOINT_NAME, CHECKPOINTS)):
        if len(name) <= _LONGEST_NAME and pattern.fullmatch(name) and (parent / name / "config.json").is_file():
            return Run(parent / name)
    names = ", ".join(run.id for run in list_checkpoints()) or "none yet"
    raise UnknownName(f"There is no model {name[:80]!r}. Name a run id or a checkpoint ({names}).")


def find_run_or_folder(name: str) -> Run:
    """Like `find_run`, and a run's folder may be named too: for the command line, whose user may read any folder.

    Raises UnknownName or BadRun.
    """
    return open_run(Path(name)) if _is_folder(name) else find_run(name)


def _is_folder(name: str) -> bool:
    try:
        return bool(name) and Path(name).is_dir()
    except OSError:  # too long for the file system
        return False


def _subfolders(parent: Path) -> list[Path]:
    return [folder for folder in parent.iterdir() if folder.is_dir()] if parent.is_dir() else []


def _entry(run: Run, kind: str) -> ModelEntry | None:
    if not run.weights.is_file():
        return None
    try:
        config, results = run.config, run.results
        return ModelEntry(
            name=run.id,
            title=config.name or run.id,
            kind=kind,
            architecture=config.model,
            parameters=int(results.get("parameters", 0)),
            state=run.state,
            accuracies={data: float(summary["accuracy"]) for data, summary in results.get("test", {}).items()},
        )
    except (DigitlabError, AttributeError, KeyError, TypeError, ValueError):  # foreign or damaged: not a model
        return None
