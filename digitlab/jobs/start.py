"""Start, pause, resume and stop a run's process; what a config needs is checked here, by everyone who starts one."""

import os
import subprocess
import sys
from pathlib import Path

from digitlab.config import Settings, TrainConfig
from digitlab.data.dataset import missing_datasets
from digitlab.errors import BadConfig, BadRun, DataMissing, DigitlabError
from digitlab.jobs.queue import Command, Queue, write_command
from digitlab.runs.listing import Catalogue
from digitlab.runs.run import Run
from digitlab.runs.status import UNFINISHED, State

MOST_WAITING = 20
"""Runs that may wait for a slot."""

_PROJECT = Path(__file__).resolve().parent.parent.parent


class QueueFull(DigitlabError):
    """Too many runs wait already."""


def check_config(config: TrainConfig, settings: Settings) -> None:
    """All that can be known of a config before its run exists.

    Raises UnknownName when the model, a data set or the run to start from does not exist, DataMissing for data that no
    job could get, BadConfig when the weights to start from do not fit or the device is not there.
    """
    from digitlab.models import build_model  # torch comes with these: pages that only list runs do without
    from digitlab.training.devices import choose_device

    build_model(config.model)
    check_data(config, settings)
    choose_device(config.device)
    if config.start_from:
        find_start(config, settings)


def check_data(config: TrainConfig, settings: Settings) -> None:
    """The part of `check_config` that takes no time: the data. Raises UnknownName or DataMissing."""
    for dataset in missing_datasets(config.data, settings.data):
        if not dataset.can_download:
            raise DataMissing(f"{dataset.title} cannot be trained on: not in {settings.data}. {dataset.remedy}")


def find_start(config: TrainConfig, settings: Settings) -> Run:
    """The run whose weights a fine-tuning starts from. Raises UnknownName, and BadConfig when they do not fit."""
    from digitlab.models import build_model

    start = Catalogue(settings).find(config.start_from)
    model = start.config.model
    ours, theirs = (
        {tensor: value.shape for tensor, value in build_model(name).state_dict().items()}
        for name in (config.model, model)
    )
    if ours != theirs:
        raise BadConfig(
            field="start_from",
            value=config.start_from,
            allowed=f"it is a {model}, whose weights do not fit the model {config.model}: choose model {model}, or "
            "another run",
        )
    return start


def start_job(config: TrainConfig, settings: Settings) -> Run:
    """Make a run and start its process, which goes on whatever happens to this one.

    Raises what `check_config` does, and QueueFull when 20 runs wait for a slot already; then there is no run.
    """
    check_config(config, settings)
    queue = _check_queue(settings)
    run = Run.create(settings.runs, config)
    queue.line_up(run)
    _spawn(run, settings)
    return run


def resume_job(run: Run, settings: Settings) -> None:
    """Go on with a paused run, or with one that was stopped, failed or interrupted.

    Raises BadRun when the run is done, under way or a checkpoint, QueueFull when 20 runs wait already.
    """
    run.check_changeable()
    state = run.state
    if state not in (State.PAUSED, State.STOPPED, State.FAILED, State.INTERRUPTED):
        raise BadRun(f"{run.id} is {state}; there is nothing to resume. Clone it to train again.")
    queue = _check_queue(settings)
    write_command(run, Command.RUN)
    if state is not State.PAUSED:
        run.mark(State.QUEUED)
        queue.line_up(run)
        _spawn(run, settings)


def pause_job(run: Run) -> None:
    """Ask for a pause. Raises BadRun when the run is not under way."""
    _ask(run, Command.PAUSE)


def stop_job(run: Run) -> None:
    """Ask for an end; what is learned stays, and the run can be resumed. Raises BadRun when it is not under way."""
    _ask(run, Command.STOP)


def _ask(run: Run, command: Command) -> None:
    if (state := run.state) not in UNFINISHED:
        raise BadRun(f"{run.id} is {state}; there is no process to {command}.")
    write_command(run, command)


def _check_queue(settings: Settings) -> Queue:
    queue = Queue(settings.runs, settings.jobs)
    waiting = len(list(queue.waiting()))
    if waiting >= MOST_WAITING:
        raise QueueFull(f"{waiting} runs wait for a slot already. Stop one of them, or wait until one has finished.")
    return queue


def _spawn(run: Run, settings: Settings) -> None:
    """Detached, with a list of arguments and no shell; what it prints goes to train.log."""
    environment = {
        **os.environ,
        "DIGITLAB_DATA": str(settings.data.resolve()),
        "DIGITLAB_RUNS": str(settings.runs.resolve()),
        "DIGITLAB_JOBS": str(settings.jobs),
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
