"""All runs at a glance, quickly even when there are a thousand of them."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from digitlab.config import TrainConfig
from digitlab.errors import DigitlabError
from digitlab.runs.catalog import list_checkpoints, list_runs
from digitlab.runs.labels import Label, read_label
from digitlab.runs.run import Run
from digitlab.runs.status import UNFINISHED, State, Status

_READ = ("config.json", "status.json", "results.json", "history.jsonl", "label.json")


@dataclass(frozen=True)
class RunOverview:
    """One line of the list of runs.

    name: what people call it; a checkpoint goes by its id everywhere. Accuracies are in 0..1,
    `best_validation_accuracy` None before the first epoch; the other fields are as in Status, Label and TrainConfig.
    """

    run_id: str
    kind: str
    name: str
    starred: bool
    state: State
    config: TrainConfig
    created: str
    seconds: float
    epoch: int
    step: int
    steps: int
    best_validation_accuracy: float | None
    accuracies: dict[str, float]
    message: str


def list_overviews() -> list[RunOverview]:
    """All runs, newest first, then the checkpoints; folders that cannot be read are left out."""
    found = [_overview(run, "run") for run in list_runs()] + [
        _overview(run, "checkpoint") for run in list_checkpoints()
    ]
    return [overview for overview in found if overview is not None]


def time_left(status: Status) -> float | None:
    """Seconds until the last step at the pace so far; None before the first step."""
    if not status.step or not status.steps:
        return None
    return status.seconds / status.step * (status.steps - status.step)


def _overview(run: Run, kind: str) -> RunOverview | None:
    try:
        label, config, status, best, accuracies = _read(run.folder, _stamps(run.folder))
        return RunOverview(
            run_id=run.id,
            kind=kind,
            name=run.id if kind == "checkpoint" else label.name,
            starred=label.starred,
            state=run.state if status.state in UNFINISHED else status.state,
            config=config,
            created=status.created,
            seconds=status.seconds,
            epoch=status.epoch,
            step=status.step,
            steps=status.steps,
            best_validation_accuracy=best,
            accuracies=dict(accuracies),
            message=status.message,
        )
    except (DigitlabError, KeyError, TypeError, ValueError, AttributeError):  # foreign or damaged: no run
        return None


def _stamps(folder: Path) -> tuple[int, ...]:
    """When each file was last written: as long as these are the same, so is what was read."""
    stamps = []
    for name in _READ:
        try:
            stamps.append((folder / name).stat().st_mtime_ns)
        except OSError:
            stamps.append(0)
    return tuple(stamps)


@lru_cache(maxsize=4096)
def _read(
    folder: Path, _stamps: tuple[int, ...]
) -> tuple[Label, TrainConfig, Status, float | None, tuple[tuple[str, float], ...]]:
    run = Run(folder)
    accuracies = [float(record["validation_accuracy"]) for record in run.history]
    tests = run.results.get("test", {})
    return (
        read_label(run),
        run.config,
        run.status,
        max(accuracies, default=None),
        tuple((data, float(summary["accuracy"])) for data, summary in tests.items()),
    )
