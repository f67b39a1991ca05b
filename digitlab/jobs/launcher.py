"""Who brings a job's process to life: this machine, or an engine that has many. Nothing else knows which.

A launcher starts the worker of a job's folder (`digitlab.jobs.worker`), and only that: what is asked of the process,
how far it is and what it learned passes through the folder, wherever the process is.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Protocol

from digitlab.config import TrainConfig
from digitlab.errors import BadRun
from digitlab.files import saving
from digitlab.jobs.queue import Command, write_command
from digitlab.jobs.storage import check_storage
from digitlab.runs.run import Run
from digitlab.runs.status import UNFINISHED, State
from digitlab.settings import Settings

WORKER = "digitlab.jobs.worker"
PROJECT = Path(__file__).resolve().parent.parent.parent

_NOT_FOR_JOBS = ("DIGITLAB_SHARED", "DIGITLAB_CODE", "DIGITLAB_TEACHER_CODE", "DIGITLAB_SECRET")
"""Of the server alone: a job needs no codes."""


class Launcher(Protocol):
    """Starts jobs, says whether they live, and has them end."""

    def check(self, config: TrainConfig | None = None) -> None:
        """Whether jobs can be started here, and such a one. config: of a run; a measurement has none.

        Raises BadConfig for a device that no machine of this launcher has, and for settings of the launcher that do
        not fit; NotSaved when not all that work on runs see the same folders and locks.
        """

    def room(self) -> int:
        """How many jobs it has room for at once. Raises BadRun and NotSaved when its machines cannot be asked."""

    def start(self, job: Run) -> None:
        """Mark a job as queued and start its process. Raises BadRun when there can be none, NotSaved without a disk."""

    def look_after(self) -> None:
        """See to it that jobs under way are looked after, whoever started them. Raises BadRun, NotSaved."""

    def is_alive(self, job: Run) -> bool:
        """Whether the job has a process, or will get one without being started again."""

    def end(self, job: Run) -> None:
        """Have its process end, or never begin. What it learned stays. Raises NotSaved."""


def launcher_of(settings: Settings) -> Launcher:
    """The launcher of this installation. Raises NotInstalled when Ray is to start jobs and is not here."""
    if settings.launcher == "ray":
        from digitlab.jobs.ray_launcher import RayLauncher  # brings Ray, an extra

        return RayLauncher(settings)
    return LocalLauncher(settings)


class LocalLauncher:
    """Processes of this machine, each on its own: they stay when the one that started them ends."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def check(self, config: TrainConfig | None = None) -> None:
        if config is not None:
            from digitlab.training.devices import choose_device  # torch comes with it

            choose_device(config.device)
        if self.settings.runs.is_dir():  # otherwise the first run makes it
            check_storage(self.settings.runs)

    def room(self) -> int:
        return self.settings.jobs

    def start(self, job: Run) -> None:
        check_storage(self.settings.runs)
        with open_log(log_file(job)) as log:
            job.mark(State.QUEUED)
            start_process(WORKER, str(job.folder.resolve()), self.settings, log)

    def look_after(self) -> None:
        """The system does."""

    def is_alive(self, job: Run) -> bool:
        return job.state in UNFINISHED

    def end(self, job: Run) -> None:
        write_command(job, Command.STOP)


def start_process(module: str, argument: str, settings: Settings, log: BinaryIO) -> None:
    """Start a module of ours, detached, with one argument and no shell. log: gets what it prints.

    Raises BadRun when the system starts no further process.
    """
    ours = {name: value for name, value in os.environ.items() if name not in _NOT_FOR_JOBS}
    try:
        subprocess.Popen(  # noqa: S603  the arguments are our own
            [sys.executable, "-m", module, argument],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=PROJECT,
            env={**ours, **settings.for_jobs()},
            start_new_session=True,
        )
    except OSError as error:
        raise BadRun(
            f"No process can be started for {Path(argument).name}: {error.strerror}. Close other programs."
        ) from error


def log_file(job: Run) -> Path:
    """What the job's process prints."""
    return job.folder / "train.log"


@contextmanager
def open_log(path: Path) -> Iterator[BinaryIO]:
    """What a process prints, to be written on at its end. Raises NotSaved."""
    with saving(path):
        log = path.open("ab")
    with log:
        yield log
