"""One run: a folder, and typed access to what is in it."""

import dataclasses
import os
import re
import secrets
import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

from digitlab import settings as installation
from digitlab.config import TrainConfig
from digitlab.errors import BadConfig, BadRun
from digitlab.files import PART, read_json, write_bytes, write_json
from digitlab.folders import make_folder, move_folder, scratch_folder
from digitlab.locks import Lock, is_held
from digitlab.runs.history import Record, append_record, cut_records, read_history
from digitlab.runs.results import Results, read_results
from digitlab.runs.status import UNFINISHED, State, Status

RUN_ID = re.compile(r"[0-9]{8}-[0-9]{6}-[a-z0-9]+(-[a-z0-9]+)*-[0-9a-f]{6}")
"""What every run id looks like: UTC time, model, a random part."""

CHECKPOINT_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


_RESERVE = 64 * 1024
"""Bytes; random ones, since a compressing file system would reserve no space."""

_STARTING = 15.0
"""Seconds that a new process may take until it holds its run's lock."""

_SET_BACK = timedelta(days=2)
"""How far a clock may be set back without mixing up the order of runs."""

_TIME = "%Y%m%d-%H%M%S"
"""How an id begins."""

_MOST_LOG = 64 * 1024
"""Bytes at the end of a log that are read."""


def new_run_id(model: str, runs: Path | None = None) -> str:
    """An id that no other run has. runs: the folder that gets it; there its time is later than those of all others.

    So ids are in the order in which runs were made, also of two in one second, and when the clock is set back by hours.
    """
    moment = datetime.now(UTC)
    if runs is not None and (newest := _newest(runs, moment + _SET_BACK)):
        moment = max(moment, newest + timedelta(seconds=1))
    return f"{moment:{_TIME}}-{model}-{secrets.token_hex(3)}"


def _newest(runs: Path, limit: datetime) -> datetime | None:
    """The latest time of the ids in a folder, without those beyond a limit, which no clock of ours gave."""
    last = f"{limit:{_TIME}}"
    times = (folder.name[: len(last)] for folder in runs.iterdir() if RUN_ID.fullmatch(folder.name))
    newest = max((time for time in times if time < last), default="")
    try:
        return datetime.strptime(newest, _TIME).replace(tzinfo=UTC)
    except ValueError:  # there is none, or no calendar has it
        return None


def now() -> str:
    """The time as status.json has it: UTC, ISO 8601, whole seconds."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def _age(moment: str) -> float:
    """Seconds between now and a time that `now` gave; where the clock was set back meanwhile, that lies ahead."""
    try:
        return abs((datetime.now(UTC) - datetime.fromisoformat(moment)).total_seconds())
    except ValueError:  # not yet
        return float("inf")


class Run:
    """A run's folder. Nothing is read before it is asked for, and nothing is remembered."""

    _LASTING: ClassVar[tuple[str, ...]] = ("config.json", "lock")
    """Files of which one at least is there as long as the run is. All others a process at work writes anew, also into a
    folder whose files somebody is just deleting."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def create(cls, runs: Path, config: TrainConfig, facts: Mapping[str, Mapping[str, Any]] | None = None) -> "Run":
        """A new folder with its config, queued. It appears under its name only when it is complete.

        facts: further JSON files that it has from the start, name → content.
        Raises NotSaved when the disk is full or no folder can be made there; then there is none.
        """
        with scratch_folder(runs, "Name another folder by DIGITLAB_RUNS.") as scratch:
            building = cls(scratch / "run")
            make_folder(building.folder)
            write_json(building.folder / "config.json", config.to_dict())
            for name, content in (facts or {}).items():
                write_json(building.folder / name, content)
            building.write_status(Status(State.QUEUED, created=now(), updated=now()))
            return cls(move_folder(building.folder, runs / new_run_id(config.model, runs)))

    @property
    def id(self) -> str:
        return self.folder.name

    @property
    def is_checkpoint(self) -> bool:
        """Whether it ships with digitlab: such a run is read and never changed."""
        return self.folder.resolve().parent == installation.CHECKPOINTS.resolve()

    def check_changeable(self) -> None:
        """Raises BadRun for a checkpoint."""
        if self.is_checkpoint:
            raise BadRun(f"{self.id} ships with digitlab and stays as it is. Clone it to change its settings.")

    @property
    def config(self) -> TrainConfig:
        """Raises BadRun when it is missing or damaged."""
        path = self.folder / "config.json"
        try:
            return TrainConfig.from_dict(read_json(path))
        except BadConfig as error:
            remedy = "Restore the file or delete the run."
            raise BadRun(f"{path} is damaged or foreign: {error.trouble} {remedy}") from error

    @property
    def weights(self) -> Path:
        """Those of the chosen epoch: the best, or the last if the config says so."""
        return self.folder / "weights.safetensors"

    @property
    def resume(self) -> Path:
        """The state from which the training goes on."""
        return self.folder / "resume" / "state.pt"

    @property
    def snapshots(self) -> list[Path]:
        """Weights after each epoch, the first (0) before any training, in order."""
        return sorted((self.folder / "snapshots").glob("[0-9][0-9][0-9][0-9].safetensors"))

    def snapshot(self, epoch: int) -> Path:
        """Where the weights after an epoch are or will be."""
        return self.folder / "snapshots" / f"{epoch:04d}.safetensors"

    def evaluation(self, data: str) -> Path:
        """Where the scores on a data set are or will be."""
        return self.folder / "evaluations" / f"{data}.npz"

    @property
    def status(self) -> Status:
        """The state as written by the process. `state` also asks whether the process is alive."""
        return Status.from_dict(read_json(self.folder / "status.json"))

    def write_status(self, status: Status) -> None:
        write_json(self.folder / "status.json", status.to_dict())

    def mark(self, state: State, message: str = "") -> None:
        """Write another state and message; progress and times stay as they are."""
        self.write_status(dataclasses.replace(self.status, state=state, message=message, updated=now()))

    @property
    def state(self) -> State:
        """Where the run stands: `interrupted` when it is unfinished and no process holds its lock."""
        status = self.status
        while status.state in UNFINISHED and not self.is_locked():
            before, status = status, self.status
            if status == before:  # otherwise its process began or ended between the two looks
                starting = status.state is State.QUEUED and (_age(status.updated) < _STARTING or self._is_expected())
                return State.QUEUED if starting else State.INTERRUPTED
        return status.state

    def expect(self) -> None:
        """Say that a process is on its way to this queued run; it counts as queued for 15 seconds from now."""
        path = self.folder / "expected"
        with suppress(OSError):  # the run was just deleted, or the disk is full: the next word may come through
            path.touch()
            moment = time.time()  # of this machine's clock, as in status.json: a file server may have another
            os.utime(path, (moment, moment))

    def _is_expected(self) -> bool:
        try:
            return abs(time.time() - (self.folder / "expected").stat().st_mtime) < _STARTING
        except OSError:
            return False

    @property
    def is_gone(self) -> bool:
        """Whether somebody deleted its folder, or is about to: a process at work may have left a few files in it."""
        return not any((self.folder / name).exists() for name in self._LASTING)

    def is_gone_soon(self) -> bool:
        """Whether it is gone, or goes within half a second: the file that was missed first is seldom the last to go."""
        for _ in range(10):
            if self.is_gone:
                return True
            time.sleep(0.05)
        return False

    def lock(self) -> Lock:
        """The lock that a process holds as long as it works on the run; the system frees it with the process."""
        return Lock(self.folder / "lock")

    def is_locked(self) -> bool:
        """Whether a living process works on the run. Asking writes nothing and makes it look alive to nobody."""
        return is_held(self.folder / "lock")

    @property
    def history_file(self) -> Path:
        """A line per epoch, and between them some per step."""
        return self.folder / "history.jsonl"

    @property
    def records(self) -> list[Record]:
        """All records of the history, in order: those of epochs, and between them some of steps.

        Raises BadRun when the file is damaged or foreign.
        """
        return read_history(self.history_file)

    @property
    def history(self) -> list[Record]:
        """A record per epoch, in order. Raises BadRun when the file is damaged or foreign."""
        return [record for record in self.records if "epoch" in record]

    def append_history(self, record: Mapping[str, Any]) -> None:
        append_record(self.history_file, record)

    def cut_history(self, epoch: int, step: int) -> None:
        """Drop the records after this many whole epochs and steps: they will be made again."""
        cut_records(self.history_file, epoch, step)

    def read_log(self, lines: int = 40) -> str:
        """The last lines of train.log, what the run's process printed; empty when there is none."""
        try:
            with (self.folder / "train.log").open("rb") as file:
                file.seek(max(0, file.seek(0, os.SEEK_END) - _MOST_LOG))
                text = file.read().decode("utf-8", errors="replace")
        except OSError:
            return ""
        return "\n".join(text.splitlines()[-lines:])

    def reserve_space(self) -> None:
        """Reserve a little disk space, so that a full disk still lets the run say what happened."""
        write_bytes(self.folder / "reserve", secrets.token_bytes(_RESERVE))

    def free_space(self) -> None:
        """Give the reserved space back; on a disk that has become read-only there is none to give."""
        with suppress(OSError):
            (self.folder / "reserve").unlink(missing_ok=True)

    def sweep(self) -> None:
        """Remove what a killed process left of the files that it was writing; the caller holds the run's lock."""
        for part in self.folder.rglob(f".*{PART}"):
            if not part.name.startswith((".control-", ".label.json-")):  # those are written by others, at any time
                with suppress(OSError):
                    part.unlink(missing_ok=True)

    @property
    def results(self) -> Results:
        """What the training came to; empty before the run is evaluated. Raises BadRun when the file is damaged."""
        return read_results(self.folder / "results.json")

    def write_results(self, results: Mapping[str, Any]) -> None:
        write_json(self.folder / "results.json", results)


def open_run(folder: Path) -> Run:
    """The run in a folder. Raises BadRun when the folder holds none."""
    run = Run(folder)
    if not (folder / "config.json").is_file():
        raise BadRun(f"{folder} is not a run: it has no config.json. Name a run's folder, its id, or a checkpoint.")
    return run
