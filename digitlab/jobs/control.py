"""The control file: what the user asks of a run's process."""

import time
from collections.abc import Callable
from enum import StrEnum

from digitlab.files import write_text
from digitlab.runs.run import Run

LOOK = 0.2
"""Seconds between two looks at the control file."""


class Command(StrEnum):
    """What a process can be asked to do."""

    RUN = "run"
    PAUSE = "pause"
    STOP = "stop"


def write_command(run: Run, command: Command) -> None:
    """Ask the run's process for something; it obeys within a second."""
    write_text(run.folder / "control", command)


def read_command(run: Run) -> Command:
    """What is asked of the run's process: to run, unless the file says otherwise; to stop when the folder is gone."""
    try:
        return Command((run.folder / "control").read_text(encoding="utf-8").strip())
    except (OSError, ValueError):
        return Command.RUN if run.folder.is_dir() else Command.STOP


def wait_while(condition: Callable[[], bool], run: Run) -> Command:
    """Wait as long as the condition holds and the run is not asked to stop; returns what is asked of it then."""
    while read_command(run) is not Command.STOP and condition():
        time.sleep(LOOK)
    return read_command(run)
