"""Start, pause, resume and stop a run's process."""

import os
import subprocess
import sys
from pathlib import Path

from digitlab.config import Settings, TrainConfig
from digitlab.errors import BadRun, DigitlabError
from digitlab.jobs.control import Command, write_command
from digitlab.jobs.slots import Queue
from digitlab.runs.run import Run
from digitlab.runs.status import UNFINISHED, State

MOST_WAITING = 20
"""Runs that may wait for a slot."""

_PROJECT = Path(__file__).resolve().parent.parent.parent


class QueueFull(DigitlabError):
    """Too many runs wait already."""


def start_job(config: TrainConfig) -> Run:
    """Make a run and start its process, which goes on whatever happens to this one.

    Raises QueueFull when 20 runs wait for a slot already.
    """
    settings = Settings.from_environment()
    queue = _check_queue(settings)
    run = Run.create(settings.runs, config)
    queue.line_up(run)
    _spawn(run)
    return run


def resume_job(run: Run) -> None:
    """Go on with a paused run, or with one that was stopped, failed or interrupted.

    Raises BadRun when the run is done or under way, QueueFull when 20 runs wait already.
    """
    state = run.state
    if state not in (State.PAUSED, State.STOPPED, State.FAILED, State.INTERRUPTED):
        raise BadRun(f"{run.id} is {state}; there is nothing to resume. Clone it to train again.")
    queue = _check_queue(Settings.from_environment())
    write_command(run, Command.RUN)
    if state is not State.PAUSED:
        run.mark(State.QUEUED)
        queue.line_up(run)
        _spawn(run)


def pause_job(run: Run) -> None:
    """Ask for a pause. Raises BadRun when the run is not under way."""
    _ask(run, Command.PAUSE)


def stop_job(run: Run) -> None:
    """Ask for an end; what is learned is kept, and the run can be resumed. Raises BadRun when it is not under way."""
    _ask(run, Command.STOP)


def _ask(run: Run, command: Command) -> None:
    if (state := run.state) not in UNFINISHED:
        raise BadRun(f"{run.id} is {state}; there is no process to {command}.")
    write_command(run, command)


def _check_queue(settings: Settings) -> Queue:
    queue = Queue(settings.runs, settings.jobs)
    waiting = len(queue.waiting())
    if waiting >= MOST_WAITING:
        raise QueueFull(f"{waiting} runs wait for a slot already. Stop one of them, or wait until one has finished.")
    return queue


def _spawn(run: Run) -> None:
    """Detached, with a list of arguments and no shell; what it prints goes to train.log."""
    settings = Settings.from_environment()
    environment = {
        **os.environ,
        "DIGITLAB_DATA": str(settings.data.resolve()),
        "DIGITLAB_RUNS": str(settings.runs.resolve()),
    }
    with (run.folder / "train.log").open("ab") as log:
        subprocess.Popen(  # noqa: S603  the arguments are our own
            [sys.executable, "-m", "digitlab.jobs.worker", str(run.folder.resolve())],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=_PROJECT,
            env=environment,
            start_new_session=True,
        )
