"""Start, stop, resume and delete a sweep; what its plan needs is checked here, by everyone who starts one."""

import shutil
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import BinaryIO

from filelock import Timeout

from digitlab.access import OWNER, NotAllowed, Role, Visitor
from digitlab.errors import BadRun, DigitlabError
from digitlab.jobs.launcher import open_log, start_process
from digitlab.jobs.start import check_config, stop_job
from digitlab.runs.listing import delete_run
from digitlab.runs.run import Run
from digitlab.runs.status import UNFINISHED
from digitlab.settings import Settings
from digitlab.sweeps.journal import read_journal
from digitlab.sweeps.plan import SweepPlan
from digitlab.sweeps.space import Choice
from digitlab.sweeps.study import need_optuna
from digitlab.sweeps.sweep import UNDER_WAY, Sweep, SweepState

_LOOKED_UP = ("model", "data", "device", "teachers")
"""Settings whose values may not be here, besides being out of range."""

_PATIENCE = 10.0
"""Seconds that a process may take to let the lock go."""


def check_sweeper(visitor: Visitor) -> None:
    """Raises NotAllowed for a pupil: a sweep would fill the line of the whole class."""
    if visitor.role is Role.PUPIL:
        raise NotAllowed("Sweeps are the teacher's: they train many runs, and others would wait. Train single runs.")


def check_plan(plan: SweepPlan, settings: Settings) -> None:
    """All that can be known of a plan before its first run. Raises what `jobs.start.check_config` does."""
    named = {field: axis.values for field, axis in plan.space.items() if isinstance(axis, Choice)}
    check_config(plan.base.replace(**{field: values[0] for field, values in named.items()}), settings)
    for field in _LOOKED_UP:
        for value in named.get(field, ())[1:]:
            check_config(plan.base.replace(**{field: value, "start_from": ""}), settings)


def start_sweep(plan: SweepPlan, settings: Settings, visitor: Visitor = OWNER) -> Sweep:
    """Make a sweep and start its process, which goes on whatever happens to this one. visitor: who starts it.

    Raises NotInstalled without Optuna, what `check_plan` does, NotAllowed for a pupil, NotSaved, and BadRun when no
    process can be started; then there is no sweep.
    """
    sweep = make_sweep(plan, settings, visitor)
    try:
        with _opened_log(sweep) as log:
            _launch(sweep, settings, log)
    except BaseException:
        shutil.rmtree(sweep.folder, ignore_errors=True)  # without a word: the first error is what counts
        raise
    return sweep


def make_sweep(plan: SweepPlan, settings: Settings, visitor: Visitor = OWNER) -> Sweep:
    """A sweep that nobody conducts yet. Raises what `start_sweep` does."""
    check_sweeper(visitor)
    need_optuna()
    check_plan(plan, settings)
    return Sweep.create(settings.runs, plan)


def resume_sweep(sweep: Sweep, settings: Settings, visitor: Visitor = OWNER) -> None:
    """Go on with a sweep that was stopped, failed or interrupted.

    Raises BadRun when it is done or under way, NotInstalled without Optuna, NotAllowed for a pupil, NotSaved.
    """
    before = sweep.status
    with _opened_log(sweep) as log:
        prepare_to_resume(sweep, visitor)
        try:
            _launch(sweep, settings, log)
        except BaseException:
            with suppress(DigitlabError):
                sweep.write_status(before)
            raise


def prepare_to_resume(sweep: Sweep, visitor: Visitor = OWNER) -> None:
    """What comes before a process conducts a sweep again. Raises what `resume_sweep` does."""
    check_sweeper(visitor)
    need_optuna()
    state = sweep.state
    if state in UNDER_WAY or state is SweepState.DONE:
        raise BadRun(f"The sweep {sweep.id} is {state}; there is nothing to resume.")
    sweep.ask(stop=False)
    sweep.mark(SweepState.STARTING)


def _opened_log(sweep: Sweep) -> AbstractContextManager[BinaryIO]:
    return open_log(sweep.folder / "conductor.log")


def _launch(sweep: Sweep, settings: Settings, log: BinaryIO) -> None:
    start_process("digitlab.sweeps.conductor", str(sweep.folder.resolve()), settings, log)


def stop_sweep(sweep: Sweep, settings: Settings, visitor: Visitor = OWNER) -> None:
    """Ask for an end: its runs stop, keep what they learned, and go on when the sweep is resumed.

    Raises BadRun when it is not under way, NotAllowed for a pupil, NotSaved.
    """
    check_sweeper(visitor)
    state = sweep.state
    if state in UNDER_WAY:
        sweep.ask(stop=True)
        return
    if state is not SweepState.INTERRUPTED:
        raise BadRun(f"The sweep {sweep.id} is {state}; there is no process to stop.")
    try:
        with sweep.lock().acquire(timeout=0):
            for run in runs_of(sweep):
                with suppress(DigitlabError):  # not under way, or deleted
                    stop_job(run, settings)
            sweep.mark(SweepState.STOPPED)
    except Timeout:  # somebody has just resumed it
        sweep.ask(stop=True)


def delete_sweep(sweep: Sweep, visitor: Visitor = OWNER, *, with_runs: bool = False) -> None:
    """Delete a sweep; its runs stay, unless they are to go, too.

    Raises BadRun while it is under way, or a run of it is that is to be deleted; NotAllowed for a pupil; NotSaved.
    """
    check_sweeper(visitor)
    runs = runs_of(sweep) if with_runs else []
    for run in runs:
        if _is_unfinished(run):
            raise BadRun(f"{run.id} of the sweep {sweep.id} is under way. Stop the sweep first, then delete it.")
    sweep.remove()
    for run in runs:
        delete_run(run, visitor)


def runs_of(sweep: Sweep) -> list[Run]:
    """Its runs that are there, in order. Raises BadRun when its journal is damaged."""
    names = [run for told in read_journal(sweep.journal) for _, run in sorted(told.runs.items())]
    folders = [sweep.runs / Path(name) for name in names]
    return [Run(folder) for folder in folders if folder.is_dir()]


def _is_unfinished(run: Run) -> bool:
    try:
        return run.state in UNFINISHED
    except DigitlabError:  # damaged: nothing runs there
        return False
