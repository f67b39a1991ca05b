"""`python -m digitlab.jobs.ray_watch RUNS`: the process that looks after the jobs in Ray's hands.

One at a time, as long as there are any. A job whose process is gone, because its machine died or was taken away, is
handed over again and goes on from its last saved step.
"""

import dataclasses
import sys
import time
from pathlib import Path

from filelock import Timeout

from digitlab.errors import DigitlabError
from digitlab.jobs.queue import Command, read_command
from digitlab.jobs.ray_launcher import Handed, RayLauncher
from digitlab.locks import Lock
from digitlab.runs.run import Run
from digitlab.runs.status import UNFINISHED, State
from digitlab.settings import Settings

_LOOK = 1.0
"""Seconds between two looks."""

_TRIES = 3
"""How often a job is handed over at the same step: what dies again and again there is not the machine's fault."""

_UNHEARD = 15.0
"""Seconds after which a job that Ray does not know will not come any more."""


class Watch:
    """Looks after jobs; a job counts as gone when two looks in a row found no process."""

    def __init__(self, launcher: RayLauncher) -> None:
        self.launcher = launcher
        self.queue = launcher.queue
        self._missed: set[str] = set()

    def look(self) -> bool:
        """Look at every job in Ray's hands; returns whether there are any."""
        found = list(self.launcher.all_handed())
        for job, handed in found:
            try:
                self._look_at(job, handed)
            except DigitlabError as error:  # Ray or the disk is away for a while, or the job's folder is damaged
                print(error, file=sys.stderr, flush=True)
        return bool(found)

    def _look_at(self, job: Run, handed: Handed) -> None:
        is_locked = job.is_locked()  # before its status: a process that ends writes that first
        if job.is_gone:
            self.launcher.withdraw(job.id, handed)
        elif job.status.state not in UNFINISHED:
            self.launcher.forget(job.id)
        elif is_locked:
            self._missed.discard(job.id)
        elif job.status.state is State.QUEUED and self._is_coming(job, handed):
            self._missed.discard(job.id)
            if read_command(job) is Command.STOP:
                self._end_unbegun(job, handed)
            else:
                job.expect()
        elif job.id not in self._missed:
            self._missed.add(job.id)
        else:
            self._missed.discard(job.id)
            self._take_up(job, handed)

    def _is_coming(self, job: Run, handed: Handed) -> bool:
        status = self.launcher.status(handed)
        if status == "UNKNOWN":  # Ray lost it with its head, or is just being told
            return self.launcher.age(job.id) < _UNHEARD
        return status in ("PENDING", "RUNNING")

    def _end_unbegun(self, job: Run, handed: Handed) -> None:
        self.launcher.withdraw(job.id, handed)
        self.queue.leave(job)
        job.mark(State.STOPPED)

    def _take_up(self, job: Run, handed: Handed) -> None:
        """Hand a job over again whose process is gone, unless it was asked to stop or dies at every try."""
        if read_command(job) is Command.STOP:
            self._end_unbegun(job, handed)
            return
        tries = handed.tries + 1 if job.status.step <= handed.step else 1
        if tries > _TRIES:
            self.launcher.withdraw(job.id, handed)
            self.queue.leave(job)
            job.mark(State.FAILED, f"Its process ended {_TRIES} times without a step. The log and Ray's say more.")
            return
        print(f"{job.id} is handed over again.", file=sys.stderr, flush=True)
        self.queue.line_up(job)
        self.launcher.hand_over(job, tries, "Its process is gone; it goes on elsewhere.")


def main(runs: Path) -> None:
    """Look after the jobs in Ray's hands until there are none."""
    launcher = RayLauncher(dataclasses.replace(Settings.from_environment(), runs=runs))
    watch = Watch(launcher)
    while any(launcher.all_handed()):  # once more after the lock is free: a job may have come meanwhile
        try:
            with Lock(launcher.folder / "lock").acquire(timeout=0):
                while watch.look():
                    time.sleep(_LOOK)
        except Timeout:  # another process does it
            return


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]))
    except DigitlabError as error:
        print(error, file=sys.stderr)
        sys.exit(2)
