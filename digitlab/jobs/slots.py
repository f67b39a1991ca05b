"""How many runs train at once: a fixed number of slots, each a lock file, and tickets for those who wait.

The operating system frees a lock when its process ends, however it ends, so a killed job never keeps its slot.
"""

from contextlib import suppress
from pathlib import Path

from filelock import FileLock, Timeout

from digitlab.errors import BadRun
from digitlab.runs.run import RUN_ID, Run
from digitlab.runs.status import State


class Queue:
    """The slots and waiting tickets of a folder of runs."""

    def __init__(self, runs: Path, slots: int) -> None:
        self.runs = runs
        self.folder = runs / ".queue"
        self.slots = slots

    def line_up(self, run: Run) -> None:
        """Put a run at the end of the line."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.place(run.id).touch()

    def place(self, run_id: str) -> Path:
        """The file that stands for a run in line; its time says how long."""
        return self.folder / run_id

    def waiting(self) -> list[str]:
        """Ids of the runs that wait for a slot, the first in line first."""
        places = [path for path in self.folder.glob("*") if RUN_ID.fullmatch(path.name)]
        return [path.name for path in sorted(places, key=_since) if self._waits(path.name)]

    def _waits(self, run_id: str) -> bool:
        """Whether the run really waits; a run that was killed in line loses its place."""
        try:
            waits = Run(self.runs / run_id).state is State.QUEUED
        except BadRun:
            waits = False
        if not waits:
            self.place(run_id).unlink(missing_ok=True)
        return waits

    def lock(self, slot: int) -> FileLock:
        """The lock of a slot, counted from 0."""
        return FileLock(self.folder / f"slot-{slot}.lock")


class Ticket:
    """A run's claim to a slot. Use it as a context manager: leaving gives place and slot back."""

    def __init__(self, queue: Queue, run: Run) -> None:
        self.queue = queue
        self.run = run
        self._held: FileLock | None = None

    def __enter__(self) -> "Ticket":
        if not self.queue.place(self.run.id).exists():
            self.line_up()
        return self

    def __exit__(self, *_error: object) -> None:
        self.release()
        self.queue.place(self.run.id).unlink(missing_ok=True)

    def line_up(self) -> None:
        """Get in line; the run is queued by then."""
        self.queue.line_up(self.run)

    def try_slot(self) -> bool:
        """Take a free slot, unless others are before this run in line. Never blocks."""
        if self._held is not None:
            return True
        if self.queue.waiting()[:1] != [self.run.id]:
            return False
        for slot in range(self.queue.slots):
            lock = self.queue.lock(slot)
            with suppress(Timeout):
                lock.acquire(timeout=0)
                self._held = lock
                self.queue.place(self.run.id).unlink(missing_ok=True)
                return True
        return False

    def release(self) -> None:
        """Give the slot to others, as a paused run does."""
        if self._held is not None:
            self._held.release()
            self._held = None


def _since(place: Path) -> int:
    try:
        return place.stat().st_mtime_ns
    except FileNotFoundError:  # it has just got its slot
        return 0
