"""Start, pause, resume and stop a run's process; what a config needs is checked here, by everyone who starts one."""

import shutil
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from digitlab.access import OWNER, Role, Visitor
from digitlab.config import TrainConfig
from digitlab.data.dataset import find_datasets
from digitlab.errors import BadConfig, BadRun, DataMissing, DigitlabError, NotSaved
from digitlab.jobs.launcher import Launcher, launcher_of
from digitlab.jobs.measurement import Measurement, Plan, find_measurement, sweep_measurements
from digitlab.jobs.queue import LOOK, Command, Queue, write_command
from digitlab.jobs.turns import turn_of
from digitlab.runs.listing import Catalogue
from digitlab.runs.owner import as_files, check_change_run
from digitlab.runs.run import Run
from digitlab.runs.status import UNFINISHED, State
from digitlab.settings import Settings

MOST_WAITING = 20
"""Runs that may wait for a slot."""

KEPT = 5
"""Places among them that pupils leave to the teacher: whoever joins often has many runs to fill a line with."""

_HEARING = 5.0
"""Seconds that a paused process may take to go on."""


class QueueFull(DigitlabError):
    """Too many runs wait already."""


def check_config(config: TrainConfig, settings: Settings, launcher: Launcher | None = None) -> TrainConfig:
    """All that can be known of a config before its run exists; returns the config that the run gets.

    launcher: whose machines must be able to train it; None takes the installation's.

    A fine-tuning gets the validation share of the run that it starts from, and so its parts: otherwise it would be
    watched on images that the start has learned.
    Raises UnknownName when the model, a data set, the run to start from or a teacher does not exist, DataMissing for
    data that no job could get, BadConfig when the weights to start from do not fit or for a teacher who may not teach,
    and what `Launcher.check` does.
    """
    from digitlab.models import build_model  # torch comes with it: pages that only list runs do without

    build_model(config.model)
    check_data(config, settings)
    (launcher or launcher_of(settings)).check(config)
    if config.start_from:
        config = config.replace(validation_share=find_start(config, settings).config.validation_share)
    find_teachers(config, settings)
    return config


def check_data(config: TrainConfig, settings: Settings) -> None:
    """The part of `check_config` that takes no time: the data. Raises UnknownName, DataMissing or BadInk."""
    for dataset in find_datasets(config.data):
        if lack := dataset.lacks(settings.folders):
            raise DataMissing(f"{dataset.title} cannot be trained on: {lack}")
        if not dataset.can_download and not dataset.is_here(settings.folders):
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


def find_teachers(config: TrainConfig, settings: Settings) -> list[Run]:
    """The runs whose answers the epochs of distillation learn from, too; none where there is no such epoch.

    Raises UnknownName, and BadConfig for one that is not done, and for one that has learned from images which this
    config holds out for validation.
    """
    teachers = [Catalogue(settings).find(name) for name in config.teacher_names if config.epochs_of_distillation]
    for teacher in teachers:
        if teacher.state is not State.DONE:
            raise _bad_teachers(config, f"the training of {teacher.id} is not done: wait, or choose another")
        if has_learned_held_out(teacher.config, config):
            raise _bad_teachers(
                config,
                f"{teacher.id} has learned from images that are held out here: choose its validation share, "
                f"{teacher.config.validation_share:g}, or another teacher",
            )
    return teachers


def has_learned_held_out(theirs: TrainConfig, ours: TrainConfig) -> bool:
    """Whether who was trained with one config has learned from images that another holds out for validation."""
    shares_data = not set(theirs.data_names).isdisjoint(ours.data_names)
    return shares_data and theirs.validation_share != ours.validation_share


def _bad_teachers(config: TrainConfig, allowed: str) -> BadConfig:
    return BadConfig(field="teachers", value=config.teachers, allowed=allowed)


def start_job(
    config: TrainConfig,
    settings: Settings,
    visitor: Visitor = OWNER,
    facts: Mapping[str, Mapping[str, Any]] | None = None,
) -> Run:
    """Make a run and start its process, which goes on whatever happens to this one.

    visitor: who starts it, and whose run it is. facts: further JSON files that it has from the start, name → content.
    Raises what `check_config` does, QueueFull when 20 runs wait for a slot already, or 15 and a pupil starts it,
    NotAllowed when a pupil has too many, and NotSaved; then there is no run.
    """
    launcher = launcher_of(settings)
    config = check_config(config, settings.of(visitor.hand), launcher)
    with turn_of(visitor, settings, one_more=True):
        queue = _check_queue(settings, visitor)
        run = Run.create(settings.runs, config, {**(facts or {}), **as_files(visitor.hand)})
    _launch(run, queue, launcher)
    return run


def start_measurement(plan: Plan, settings: Settings, visitor: Visitor = OWNER) -> Measurement:
    """Start a process that measures how robust a run is; one that is under way already is given back.

    Raises UnknownName when there is no such run or data set, BadConfig for data that are not the same for everybody,
    DataMissing, QueueFull, NotAllowed when a pupil has too many jobs, and NotSaved; then there is none.
    """
    Catalogue(settings).find(plan.run)
    for dataset in find_datasets(plan.data):
        if not dataset.is_fixed:
            raise BadConfig(field="data", value=plan.data, allowed="it must be data that stay as they are")
        if not dataset.is_here(settings.folders):
            raise DataMissing(f"{dataset.title} is not in {settings.data}. {dataset.remedy}")
    before = find_measurement(settings.runs, plan)
    if before is not None and before.state in UNFINISHED:
        return before
    launcher = launcher_of(settings)
    launcher.check()
    with turn_of(visitor, settings):
        queue = _check_queue(settings, visitor)
        sweep_measurements(settings.runs, plan)
        measurement = Measurement.of(settings.runs, plan, as_files(visitor.hand))
    _launch(measurement, queue, launcher)
    return measurement


def _launch(job: Run, queue: Queue, launcher: Launcher) -> None:
    """Let a new job stand in line and start its process; when that fails, nothing is left of it."""
    try:
        queue.line_up(job)
        launcher.start(job)
    except BaseException:
        queue.leave(job)
        shutil.rmtree(job.folder, ignore_errors=True)  # without a word: the first error is what counts
        raise


def resume_job(run: Run, settings: Settings, visitor: Visitor = OWNER) -> None:
    """Go on with a paused run, or with one that was stopped, failed or interrupted.

    Raises BadRun when the run is done, under way or a checkpoint, QueueFull when 20 runs wait already, NotAllowed when
    it is somebody else's or a pupil has too many, NotSaved when there is no room or no right; then it stays as it is.
    """
    check_change_run(visitor, run)
    run.check_changeable()
    state = run.state
    if state not in (State.PAUSED, State.STOPPED, State.FAILED, State.INTERRUPTED):
        raise BadRun(f"{run.id} is {state}; there is nothing to resume. Clone it to train again.")
    queue, launcher = _check_queue(settings, visitor), launcher_of(settings)
    if state is State.PAUSED:
        write_command(run, Command.RUN)
        if _hears(run):
            return
    before = run.status
    with turn_of(visitor, settings):
        write_command(run, Command.RUN)
        try:
            queue.line_up(run)
            launcher.start(run)
        except BaseException:
            queue.leave(run)
            with suppress(NotSaved):
                run.write_status(before)
            raise


def _hears(run: Run) -> bool:
    """Whether the process of a paused run is there and goes on.

    It may have been killed a moment ago: the system frees its lock only when it has taken the process apart, and the
    status says paused for ever. A process that was suspended hears when it is woken up.
    """
    end = time.monotonic() + _HEARING
    while run.status.state is State.PAUSED and run.is_locked():
        if time.monotonic() > end:
            return True
        time.sleep(LOOK / 10)
    return run.is_locked()


def pause_job(run: Run, visitor: Visitor = OWNER) -> None:
    """Ask for a pause. Raises BadRun when the run is not under way, NotAllowed when it is somebody else's."""
    check_change_run(visitor, run)
    _check_under_way(run, Command.PAUSE)
    write_command(run, Command.PAUSE)


def stop_job(run: Run, settings: Settings, visitor: Visitor = OWNER) -> None:
    """Ask for an end; what is learned stays, and the run can be resumed.

    Raises BadRun when it is not under way, NotAllowed when it is somebody else's.
    """
    check_change_run(visitor, run)
    _check_under_way(run, Command.STOP)
    launcher_of(settings).end(run)


def _check_under_way(run: Run, command: Command) -> None:
    if (state := run.state) not in UNFINISHED:
        raise BadRun(f"{run.id} is {state}; there is no process to {command}.")


def _check_queue(settings: Settings, visitor: Visitor) -> Queue:
    queue = Queue(settings.runs, settings.slots)
    waiting = len(list(queue.waiting()))
    if waiting >= MOST_WAITING - (KEPT if visitor.role is Role.PUPIL else 0):
        raise QueueFull(f"{waiting} runs wait for a slot already. Stop one of them, or wait until one has finished.")
    return queue
