"""How far a sweep is, and its next steps: trials are begun, followed and ended.

Each step is written down in an order that leaves a kill at any moment mendable: first Optuna's record of a trial,
then the journal's, then what follows from it. A run says from the start to which trial it belongs.
"""

import statistics
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field

from digitlab.errors import BadRun, DigitlabError, NotSaved
from digitlab.files import read_json
from digitlab.jobs.launcher import launcher_of
from digitlab.jobs.queue import Command, read_command
from digitlab.jobs.start import QueueFull, resume_job, start_job, stop_job
from digitlab.runs.history import history_so_far
from digitlab.runs.listing import Catalogue
from digitlab.runs.run import Run
from digitlab.runs.status import UNFINISHED, State
from digitlab.settings import Settings
from digitlab.sweeps.journal import (
    FACTS,
    Ending,
    Told,
    facts,
    read_facts,
    read_journal,
    tell_ending,
    tell_run,
    tell_setting,
)
from digitlab.sweeps.order import key_of, settings_in_order
from digitlab.sweeps.plan import MOST_AT_ONCE, Method
from digitlab.sweeps.space import Setting
from digitlab.sweeps.study import Study
from digitlab.sweeps.sweep import Sweep
from digitlab.sweeps.trials import DAMAGED, DELETED, TrialRun, read_trial_run

_MOST_RESUMED = 3
"""How often the process of one run may die before its trial counts as failed."""

_MOST_IN_LINE = 16
"""Runs of a sweep that wait for their turn; fewer than may wait, so that others still find a place in the line."""

_MOST_FAILED = 5
"""Trials in a row that fail before the sweep does: the next would fail, too."""


Listener = Callable[[int, Ending, float | None, str], None]
"""Is told how a trial ended: its number, ending, value and reason."""


@dataclass
class _Open:
    """A trial that is under way. runs: seed → run."""

    number: int
    setting: Setting
    runs: dict[int, Run] = field(default_factory=dict)


class Undertaking:
    """The steps of a sweep, from where it stands. Nothing here waits. The caller holds the sweep's lock.

    told: hears of each trial that ends.
    Raises NotInstalled without Optuna, BadRun when a record is damaged, what `launcher_of` does, NotSaved.
    """

    def __init__(self, sweep: Sweep, settings: Settings, told: Listener | None = None) -> None:
        self.sweep, self.settings, self.plan = sweep, settings, sweep.plan
        self._told = told
        self._study = Study(sweep, self.plan)
        self._order = settings_in_order(self.plan)
        self._at_once = min(self.plan.at_once or launcher_of(settings).room(), MOST_AT_ONCE)
        self._open: dict[int, _Open] = {}
        self._was_stopped: set[str] = set()
        self._resumed: dict[str, int] = {}
        self._failed = 0
        self._is_spent = False
        self._take_up()
        self._tried = {key_of(setting) for setting in self._study.settings}

    @property
    def summary(self) -> str:
        """How far it is, in some words."""
        of = f" of {self.plan.most_trials}" if self.plan.most_trials else ""
        return f"{len(self._tried) - len(self._open)}{of} trials have ended, {len(self._open)} are under way."

    def _take_up(self) -> None:
        """Find out what a process before this one left, and bring the records together."""
        journal = {told.number: told for told in read_journal(self.sweep.journal)}
        self._mend_study(journal)
        for number, setting in enumerate(self._study.settings, 1):
            if number not in journal:
                tell_setting(self.sweep.journal, number, setting)
                journal[number] = Told(number, setting)
            if (ending := self._study.ending(number)) is None:
                self._open[number] = _Open(number, setting, {s: self._run(run) for s, run in _runs(journal[number])})
            elif journal[number].ending is None:
                tell_ending(self.sweep.journal, number, ending)
        for number, seed, run in self._strays(journal):
            tell_run(self.sweep.journal, number, seed, run.id)
            journal[number].runs[seed] = run.id
            if number in self._open:
                self._open[number].runs[seed] = run
        for number, one in journal.items():
            for _, run_id in _runs(one):
                run = self._run(run_id)
                if number not in self._open:
                    _stop(run, self.settings)
                elif read_command(run) is Command.STOP or _state(run) is State.STOPPED:
                    self._was_stopped.add(run_id)

    def _mend_study(self, journal: dict[int, Told]) -> None:
        """Tell Optuna again what its record has lost and the journal has not."""
        for number in range(len(self._study.settings) + 1, len(journal) + 1):
            if (told := journal.get(number)) is None:
                raise BadRun(f"{self.sweep.journal} is damaged: it lacks trial {number}. Delete the sweep.")
            self._study.add(told.setting)
            if told.ending is not None:
                runs = [read_trial_run(self._run(run), seed) for seed, run in _runs(told)]
                value = self._mean(runs)
                ending = Ending.FAILED if told.ending is Ending.DONE and value is None else told.ending
                self._study.end(number, ending, value)

    def _strays(self, journal: dict[int, Told]) -> Iterator[tuple[int, int, Run]]:
        """Runs of this sweep whose start the journal does not know: number, seed and run."""
        known = {run for told in journal.values() for run in told.runs.values()}
        for run in Catalogue(self.settings).runs():
            path = run.folder / FACTS
            if run.id in known or not path.is_file():
                continue
            with suppress(BadRun):
                sweep, number, seed = read_facts(read_json(path))
                if sweep == self.sweep.id and number in journal and seed not in journal[number].runs:
                    yield number, seed, run

    def _run(self, run_id: str) -> Run:
        return Run(self.sweep.runs / run_id)

    def look(self) -> bool:
        """Follow the runs, end trials and begin others; returns whether anything is left to do.

        Raises NotSaved, and BadRun when one trial after the other fails or the sweep is gone.
        """
        if self.sweep.is_gone:
            raise BadRun(f"The sweep {self.sweep.id} was deleted.")
        at_work = [run for one in list(self._open.values()) for run in self._follow(one)]
        waiting = sum(run.state == State.QUEUED for run in at_work)
        room = min(self._at_once - len(at_work), _MOST_IN_LINE - waiting)
        with suppress(QueueFull):  # others' runs stand in line: there is room at a later look
            for one in list(self._open.values()):
                room -= self._start_seeds(one, room)
            while room > 0 and (begun := self._begin()):
                room -= self._start_seeds(begun, room)
        return bool(self._open) or not self._is_spent

    def _begin(self) -> _Open | None:
        """Another trial; None when the budget is spent or all were tried."""
        is_spent = self._is_spent or 0 < self.plan.most_trials <= len(self._tried)
        setting = None if is_spent else self._next_setting()
        if setting is None:
            self._is_spent = True
            return None
        number = self._study.add(setting)
        self._tried.add(key_of(setting))
        tell_setting(self.sweep.journal, number, setting)
        self._open[number] = _Open(number, setting)
        return self._open[number]

    def _next_setting(self) -> Setting | None:
        """One that was not tried yet; where TPE repeats itself, the next at random."""
        if self.plan.method is Method.TPE:
            suggested = self._study.suggest()
            if key_of(suggested) not in self._tried:
                return suggested
        return next((setting for setting in self._order if key_of(setting) not in self._tried), None)

    def _start_seeds(self, one: _Open, room: int) -> int:
        """Start runs of a trial, at most so many; returns how many. Raises QueueFull.

        With pruning, the first seed decides whether the others are worth their time.
        """
        started = 0
        for seed in self.plan.all_seeds:
            if seed in one.runs:
                continue
            if started >= room or (self.plan.prune and one.runs and not self._first_is_done(one)):
                break
            try:
                config = self.plan.config(one.setting, seed, one.number)
                run = start_job(config, self.settings, facts=facts(self.sweep.id, one.number, seed))
            except (QueueFull, NotSaved):
                raise
            except DigitlabError as error:
                self._end(one, Ending.FAILED, reason=str(error))
                break
            one.runs[seed] = run
            tell_run(self.sweep.journal, one.number, seed, run.id)
            started += 1
        return started

    def _first_is_done(self, one: _Open) -> bool:
        run = one.runs.get(self.plan.all_seeds[0])
        return run is not None and _state(run) is State.DONE

    def _follow(self, one: _Open) -> list[TrialRun]:
        """Look at the runs of a trial, and end it if it has ended; returns those that are at work."""
        runs = [read_trial_run(run, seed) for seed, run in one.runs.items()]
        for run in runs:
            if self._ends_early(one, run):
                return []
        if runs and runs[0].seed == self.plan.all_seeds[0] and self._is_hopeless(one, runs[0]):
            self._end(one, Ending.PRUNED, reason="Worse than half of the others at the same epoch.")
            return []
        if len(runs) == self.plan.seeds and all(run.state == State.DONE for run in runs):
            value = self._mean(runs)
            if value is None:
                self._end(one, Ending.FAILED, reason="Its loss was no number.")
            else:
                self._end(one, Ending.DONE, value)
            return []
        return [
            run for run in runs if run.state not in (State.DONE, State.PAUSED)
        ]  # those to be resumed have their place

    def _ends_early(self, one: _Open, run: TrialRun) -> bool:
        """Whether a run ended its trial: it failed, is gone, or somebody stopped it. One that was killed goes on."""
        if run.state in (DELETED, DAMAGED, State.FAILED):
            reason = f"{run.run.id} is {run.state}."
            if run.state == State.FAILED:
                with suppress(BadRun):
                    reason = run.run.status.message or reason
            self._end(one, Ending.FAILED, reason=reason)
            return True
        if run.state == State.INTERRUPTED or (run.state == State.STOPPED and run.run.id in self._was_stopped):
            return not self._resume(one, run.run)
        if run.state == State.STOPPED:
            self._end(one, Ending.PRUNED, reason=f"Somebody stopped {run.run.id}.")
            return True
        return False

    def _resume(self, one: _Open, run: Run) -> bool:
        """Go on with a run; False when that was tried too often, and the trial has failed."""
        if self._resumed.get(run.id, 0) >= _MOST_RESUMED:
            self._end(one, Ending.FAILED, reason=f"The process of {run.id} died {_MOST_RESUMED + 1} times.")
            return False
        with suppress(QueueFull):
            try:
                resume_job(run, self.settings)
            except (QueueFull, NotSaved):
                raise
            except DigitlabError as error:
                self._end(one, Ending.FAILED, reason=str(error))
                return False
            self._resumed[run.id] = self._resumed.get(run.id, 0) + 1
            self._was_stopped.discard(run.id)
        return True

    def _is_hopeless(self, one: _Open, run: TrialRun) -> bool:
        """Report what the first seed's epochs came to; whether the trial is to be stopped early."""
        key = f"validation_{self.plan.objective}"
        with suppress(BadRun):
            for record in history_so_far(run.run.history_file):
                value = record.get(key)
                if "epoch" in record and isinstance(value, float):
                    self._study.report(one.number, record["epoch"], value)
        return self.plan.prune and run.state in UNFINISHED and self._study.is_hopeless(one.number)

    def _mean(self, runs: list[TrialRun]) -> float | None:
        """What a trial came to; None when a run of it has no value."""
        values = [run.value(self.plan.objective) for run in runs]
        known = [value for value in values if value is not None]
        return statistics.fmean(known) if known and len(known) == len(values) else None

    def _end(self, one: _Open, ending: Ending, value: float | None = None, reason: str = "") -> None:
        self._study.end(one.number, ending, value)
        tell_ending(self.sweep.journal, one.number, ending, reason)
        self._open.pop(one.number)
        for run in one.runs.values():
            _stop(run, self.settings)
        if self._told:
            self._told(one.number, ending, value, reason)
        self._failed = self._failed + 1 if ending is Ending.FAILED else 0
        if self._failed >= _MOST_FAILED:
            self._failed = 0
            self.stop_runs()
            raise BadRun(f"{_MOST_FAILED} trials failed, one after the other. The last: {reason}")

    def cut_off(self, reason: str) -> None:
        """End all trials that are under way as they are, and begin no others."""
        self._is_spent = True
        for one in list(self._open.values()):
            self._end(one, Ending.PRUNED, reason=reason)

    def stop_runs(self) -> int:
        """Ask the runs of all trials under way to stop; returns how many still work. Their trials stay open."""
        return sum(_stop(run, self.settings) for one in self._open.values() for run in one.runs.values())


def _runs(told: Told) -> list[tuple[int, str]]:
    return sorted(told.runs.items())


def _state(run: Run) -> State | None:
    """None when it is gone or damaged."""
    try:
        return run.state
    except DigitlabError:
        return None


def _stop(run: Run, settings: Settings) -> bool:
    """Ask a run to stop; whether it is at work."""
    if _state(run) not in UNFINISHED:
        return False
    with suppress(DigitlabError):  # it has just ended, or was deleted
        stop_job(run, settings)
    return True
