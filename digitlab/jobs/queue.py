"""What is asked of a run's process, and whose turn it is: control files, slots, and tickets for those who wait.

A fixed number of runs train at once, each in a slot, which is a lock file. The operating system frees a lock when its
process ends, however it ends, so a killed job never keeps its slot.
"""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from enum import StrEnum
from pathlib import Path

from filelock import Timeout

from digitlab.errors import BadRun
from digitlab.files import saving, write_text
from digitlab.folders import make_folder
from digitlab.jobs import measurement
from digitlab.locks import Lock
from digitlab.runs.run import RUN_ID, Run
from digitlab.runs.status import State

LOOK = 0.2
"""Seconds between two looks at the control file."""


class Command(StrEnum):
    """What a process can be asked to do."""

    RUN = "run"
    PAUSE = "pause"
    STOP = "stop"


def write_command(run: Run, command: Command) -> None:
    """Ask the run's process for something; it obeys within a second. Raises NotSaved."""
    write_text(run.folder / "control", command)


def read_command(run: Run) -> Command:
    """What is asked of the run's process: to run, unless the file says otherwise; to stop when the run is gone."""
    if run.is_gone:
        return Command.STOP
    try:
        return Command((run.folder / "control").read_text(encoding="utf-8").strip())
    except (OSError, ValueError):
        return Command.RUN


def wait_while(condition: Callable[[], bool], run: Run) -> Command:
    """Wait as long as the condition holds and the run is not asked to stop; returns what is asked of it then."""
    while read_command(run) is not Command.STOP and condition():
        time.sleep(LOOK)
    return read_command(run)


class Queue:
    """The slots and tickets of a folder of runs. A ticket is an empty file; its time says whose turn it is.

    slots: how many there are; None where the engine that starts jobs gives each its turn, so that a job that has begun
    has it.
    """

    def __init__(self, runs: Path, slots: int | None) -> None:
        self.runs = runs
        self.folder = runs / ".queue"
        self.slots = slots

    def line_up(self, run: Run) -> None:
        """Put a run, which is queued, at the end of the line. Raises NotSaved when there is no room or no right."""
        ticket = self.ticket_file(run.id)
        make_folder(self.folder)
        with saving(ticket):
            self._sweep()
            last = max((_since(other) for other in self._tickets()), default=0)
            ticket.touch()
            if ticket.stat().st_mtime_ns <= last:  # the clock was set back meanwhile
                os.utime(ticket, ns=(last + 1, last + 1))

    def leave(self, run: Run) -> None:
        """Take a run out of the line; a ticket that stays is swept away by whoever lines up next."""
        with suppress(OSError):
            self.ticket_file(run.id).unlink(missing_ok=True)

    def _tickets(self) -> list[Path]:
        return [path for path in self.folder.glob("*") if RUN_ID.fullmatch(path.name)]

    def _sweep(self) -> None:
        """Remove the tickets of runs that were killed in line or deleted."""
        for ticket in self._tickets():
            if not self._waits(ticket.name):
                ticket.unlink(missing_ok=True)

    def ticket_file(self, run_id: str) -> Path:
        """The file that stands for a run in line."""
        return self.folder / run_id

    def waiting(self) -> Iterator[str]:
        """Ids of the runs that wait for a slot, the first in line first; each is looked at only when it is asked for.

        A run that was killed in line does not wait.
        """
        return (path.name for path in sorted(self._tickets(), key=_since) if self._waits(path.name))

    def _waits(self, run_id: str) -> bool:
        try:
            return self.job(run_id).state is State.QUEUED
        except BadRun:
            return False

    def job(self, job_id: str) -> Run:
        """A run, or a measurement: their ids are never the same."""
        folder = self.runs / job_id
        return Run(folder if folder.is_dir() else self.runs / measurement.FOLDER / job_id)

    def lock(self, slot: int) -> Lock:
        """The lock of a slot, counted from 0."""
        return Lock(self.folder / f"slot-{slot}.lock")

    def take_slot(self) -> Lock | None:
        """The held lock of a free slot, None where there is none. Never blocks."""
        for lock in map(self.lock, range(self.slots or 0)):
            with suppress(Timeout):
                lock.acquire(timeout=0)
                return lock
        return None


class Ticket:
    """A run's claim to a slot. Use it as a context manager: leaving gives slot and ticket back."""

    def __init__(self, queue: Queue, run: Run) -> None:
        self.queue = queue
        self.run = run
        self._held: Lock | None = None

    def __enter__(self) -> "Ticket":
        if not self.queue.ticket_file(self.run.id).exists():
            self.line_up()
        return self

    def __exit__(self, *_error: object) -> None:
        self.release()
        self.queue.leave(self.run)

    def line_up(self) -> None:
        """Get in line; the run is queued by then."""
        self.queue.line_up(self.run)

    def try_slot(self) -> bool:
        """Take a free slot, unless others are before this run in line. Never blocks."""
        if self._held is not None:
            return True
        if self.queue.slots is None:
            self.queue.leave(self.run)
            return True
        if next(self.queue.waiting(), None) != self.run.id:
            return False
        self._held = self.queue.take_slot()
        if self._held is None:
            return False
        self.queue.leave(self.run)
        return True

    def release(self) -> None:
        """Give the slot to others, as a paused run does."""
        if self._held is not None:
            self._held.release()
            self._held = None


def _since(ticket: Path) -> int:
    try:
        return ticket.stat().st_mtime_ns
    except FileNotFoundError:  # it has just got its slot
        return 0
