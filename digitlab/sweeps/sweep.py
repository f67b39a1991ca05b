"""One sweep: a folder hidden beside the runs, and typed access to what is in it.

    runs/.sweeps/<sweep-id>/
      plan.json      what is tried
      status.json    state, times, message; replaced whole
      control        what is asked of it: run or stop
      trials.jsonl   which trial has which runs, and how each trial ended; only ever added to
      study.log      what Optuna knows of it; only whoever holds the lock writes it
      lock           held by the process that conducts it
      conductor.log  what that process printed

Its runs are ordinary ones, which say in sweep.json to which sweep and trial they belong.
"""

import dataclasses
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from digitlab.errors import BadConfig, BadRun, UnknownName
from digitlab.files import read_json, write_json, write_text
from digitlab.folders import make_folder, move_folder, remove_folder, scratch_folder
from digitlab.locks import Lock, is_held
from digitlab.runs.checked import Check, Unfit, message, moment, record, seconds, word_of
from digitlab.runs.run import now
from digitlab.settings import Settings
from digitlab.sweeps.journal import read_journal
from digitlab.sweeps.plan import SweepPlan

FOLDER = ".sweeps"
"""Where the sweeps are, in the folder of the runs."""

SWEEP_ID = re.compile(r"[0-9]{8}-[0-9]{6}-[0-9a-f]{6}")
"""What every sweep id looks like: UTC time, a random part."""

KEPT = ("plan.json", "status.json", "trials.jsonl", "study.log", "conductor.log")
"""Files of a sweep's folder that a backup holds; the others concern the process that conducts it."""

_LONGEST_ID = 30
_LONGEST_MESSAGE = 1000
_STARTING = 15.0
"""Seconds that a new process may take until it holds the sweep's lock."""


class SweepState(StrEnum):
    """`interrupted` is never written: it is what a reader finds when the process of a running sweep is gone."""

    STARTING = "starting"
    RUNNING = "running"
    STOPPED = "stopped"
    DONE = "done"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


UNDER_WAY = frozenset({SweepState.STARTING, SweepState.RUNNING})
"""States in which a process must be at work."""


@dataclass(frozen=True)
class SweepStatus:
    """Times are UTC in ISO 8601; seconds: for how long it has been conducted, by all processes together."""

    state: SweepState
    created: str = ""
    updated: str = ""
    seconds: float = 0.0
    message: str = ""

    def to_dict(self) -> dict[str, Any]:
        return dataclasses.asdict(self)

    @classmethod
    def from_dict(cls, saved: Mapping[str, Any]) -> "SweepStatus":
        """The status of its saved form. Raises BadRun when it is damaged or foreign."""
        try:
            return cls(**_check(dict(saved)))
        except Unfit as error:
            raise BadRun(f"The sweep's status.json is damaged or foreign: {error}. Delete the sweep.") from error


_check: Check[dict[str, Any]] = record(
    {
        "state": word_of(SweepState),
        "created": moment,
        "updated": moment,
        "seconds": seconds,
        "message": message(_LONGEST_MESSAGE),
    },
    needed=("state",),
)


class Sweep:
    """A sweep's folder. Nothing is read before it is asked for, and nothing is remembered."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def create(cls, runs: Path, plan: SweepPlan) -> "Sweep":
        """A new folder with its plan. It appears under its name only when it is complete. Raises NotSaved."""
        home = runs / FOLDER
        with scratch_folder(home, "Name another folder by DIGITLAB_RUNS.") as scratch:
            building = cls(scratch / "sweep")
            make_folder(building.folder)
            write_json(building.folder / "plan.json", plan.to_dict())
            building.write_status(SweepStatus(SweepState.STARTING, created=now(), updated=now()))
            made = f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"
            return cls(move_folder(building.folder, home / made))

    @property
    def id(self) -> str:
        return self.folder.name

    @property
    def runs(self) -> Path:
        """The folder of the installation's runs."""
        return self.folder.parent.parent

    @property
    def plan(self) -> SweepPlan:
        """Raises BadRun when it is missing or damaged."""
        path = self.folder / "plan.json"
        try:
            return SweepPlan.from_dict(read_json(path))
        except BadConfig as error:
            raise BadRun(f"{path} is damaged or foreign: {error.trouble} Delete the sweep.") from error

    @property
    def status(self) -> SweepStatus:
        """The state as written by the process. `state` also asks whether the process is alive."""
        return SweepStatus.from_dict(read_json(self.folder / "status.json"))

    def write_status(self, status: SweepStatus) -> None:
        """Raises NotSaved."""
        write_json(self.folder / "status.json", status.to_dict())

    def mark(self, state: SweepState, message: str = "", seconds: float | None = None) -> None:
        """Write another state and message, and how long it has been conducted. Raises NotSaved."""
        before = self.status
        spent = before.seconds if seconds is None else round(seconds, 3)
        changed = dataclasses.replace(before, state=state, message=message, seconds=spent, updated=now())
        self.write_status(changed)

    @property
    def state(self) -> SweepState:
        """Where it stands: `interrupted` when it should be under way and no process holds its lock."""
        status = self.status
        while status.state in UNDER_WAY and not self.is_locked():
            before, status = status, self.status
            if status == before:  # otherwise its process began or ended between the two looks
                since = datetime.now(UTC) - datetime.fromisoformat(status.updated or "2000-01-01T00:00:00+00:00")
                starting = status.state is SweepState.STARTING and abs(since.total_seconds()) < _STARTING
                return SweepState.STARTING if starting else SweepState.INTERRUPTED
        return status.state

    @property
    def is_gone(self) -> bool:
        """Whether somebody deleted it."""
        return not (self.folder / "plan.json").exists()

    def lock(self) -> Lock:
        """The lock that a process holds as long as it conducts the sweep; the system frees it with the process."""
        return Lock(self.folder / "lock")

    def is_locked(self) -> bool:
        """Whether a living process conducts it."""
        return is_held(self.folder / "lock")

    @property
    def journal(self) -> Path:
        """What is known of its trials and runs, a line each."""
        return self.folder / "trials.jsonl"

    @property
    def study(self) -> Path:
        """Optuna's own record of it."""
        return self.folder / "study.log"

    @property
    def wants_stop(self) -> bool:
        """Whether it is asked to stop; one that was deleted is, too."""
        try:
            return (self.folder / "control").read_text(encoding="utf-8").strip() == "stop"
        except (OSError, ValueError):
            return self.is_gone

    def ask(self, *, stop: bool) -> None:
        """Ask its process to stop, or to go on. Raises NotSaved."""
        write_text(self.folder / "control", "stop" if stop else "run")

    def remove(self) -> None:
        """Delete the folder; its runs stay. Raises BadRun while it is conducted, NotSaved."""
        if self.is_locked():
            raise BadRun(f"The sweep {self.id} is under way. Stop it first, then delete it.")
        remove_folder(self.folder)


def check_sweep(sweep: Sweep) -> None:
    """Read plan, status and journal once, so that a damaged or foreign one is found now. Raises BadRun."""
    _ = sweep.plan, sweep.status, read_journal(sweep.journal)


def sweeps(settings: Settings) -> list[Sweep]:
    """All sweeps of an installation, the newest first."""
    folders = [path for path in (settings.runs / FOLDER).glob("*") if SWEEP_ID.fullmatch(path.name)]
    return [Sweep(folder) for folder in sorted(folders, reverse=True)]


def find_sweep(name: str, settings: Settings) -> Sweep:
    """The sweep of an id; nothing else ever touches the disk. Raises UnknownName when there is none."""
    if len(name) <= _LONGEST_ID and SWEEP_ID.fullmatch(name):
        sweep = Sweep(settings.runs / FOLDER / name)
        if not sweep.is_gone:
            return sweep
    raise UnknownName(f"There is no sweep {name[:80]!r}. List them: digitlab sweep --list")
