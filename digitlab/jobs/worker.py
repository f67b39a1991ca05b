"""`python -m digitlab.jobs.worker FOLDER`: the process of a run or of a measurement.

While it waits for a slot it is small: torch is imported only after that.
"""

import signal
import sys
from pathlib import Path
from types import FrameType

from filelock import Timeout

from digitlab.errors import DigitlabError
from digitlab.jobs.measurement import Measurement, is_measurement
from digitlab.jobs.queue import Command, Queue, Ticket, wait_while, write_command
from digitlab.runs.owner import owner_of
from digitlab.runs.run import Run, open_run
from digitlab.runs.status import UNFINISHED, State
from digitlab.settings import Settings

_PATIENCE = 10.0
"""Seconds that a process before this one may take to end."""


def main(folder: Path) -> int:
    """Train the run in a folder, or do its measurement, as soon as a slot is free; returns the exit code."""
    run = Measurement(folder) if is_measurement(folder) else open_run(folder)
    signal.signal(signal.SIGTERM, _stop_on_signal(run))
    try:
        settings = Settings.from_environment().of(owner_of(run))  # `mine` is what the run's owner drew
        with run.lock().acquire(timeout=_PATIENCE):
            return _wait_and_work(run, settings)
    except Timeout:
        print(f"Another process works on {run.id}.", file=sys.stderr)
    except DigitlabError as error:  # the run's folder says why, unless it was deleted meanwhile or the disk is full
        print(error, file=sys.stderr)
    return 2


def _wait_and_work(run: Run, settings: Settings) -> int:
    if run.status.state not in UNFINISHED:  # another process, started twice by mistake, has ended it meanwhile
        return 0
    run.mark(State.QUEUED)
    runs = run.runs if isinstance(run, Measurement) else run.folder.parent
    with Ticket(Queue(runs, settings.slots), run) as ticket:
        if wait_while(lambda: not ticket.try_slot(), run) is Command.STOP:
            run.mark(State.STOPPED)
            return 0
        run.mark(State.RUNNING, "Loading the data.")
        if isinstance(run, Measurement):
            from digitlab.jobs.measuring_job import measure

            measure(run, settings)
        else:
            from digitlab.jobs.training_job import work

            work(run, settings, ticket=ticket)
    return 0


def _stop_on_signal(run: Run) -> "signal._HANDLER":
    def stop(_number: int, _frame: FrameType | None) -> None:
        write_command(run, Command.STOP)

    return stop


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
