"""A sweep as Optuna knows it: its trials, what they came to after each epoch, and which are hopeless.

It lies in a file of the sweep's own, which only the process that holds the sweep's lock opens. A trial is written
with all its values at once, so that a kill leaves either all of it or nothing.
"""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from digitlab.errors import BadRun
from digitlab.extras import need
from digitlab.files import saving
from digitlab.sweeps.journal import Ending
from digitlab.sweeps.plan import Objective, SweepPlan
from digitlab.sweeps.space import Choice, Setting, is_whole
from digitlab.sweeps.sweep import Sweep

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution

_NONE_PRUNED_BEFORE = 5
"""Trials that must be done before one is stopped early."""

_FIRST_JUDGED = 2
"""The epoch from which trials are judged: the first one says little."""


def need_optuna() -> Any:
    """Optuna, imported, and quiet about what it does. Raises NotInstalled where it is missing."""
    optuna = need("optuna", "A sweep", "cluster")
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    return optuna


def direction(objective: Objective) -> str:
    """As Optuna says it."""
    return "maximize" if objective.rises else "minimize"


def distributions(plan: SweepPlan) -> dict[str, "BaseDistribution"]:
    """The plan's space in Optuna's words. Raises NotInstalled without Optuna."""
    kinds = need_optuna().distributions
    found: dict[str, BaseDistribution] = {}
    for field, axis in plan.space.items():
        if isinstance(axis, Choice):
            found[field] = kinds.CategoricalDistribution(axis.values)
        elif is_whole(field):
            found[field] = kinds.IntDistribution(int(axis.low), int(axis.high), log=axis.log)
        else:
            found[field] = kinds.FloatDistribution(axis.low, axis.high, log=axis.log)
    return found


class Study:
    """Optuna's record of a sweep; trials count from 1. The caller holds the sweep's lock.

    Raises NotInstalled without Optuna, NotSaved when it cannot be written, BadRun when it is damaged.
    """

    def __init__(self, sweep: Sweep, plan: SweepPlan) -> None:
        optuna = need_optuna()
        self._path, self._plan, self._optuna = sweep.study, plan, optuna
        self._kinds = distributions(plan)
        with saving(self._path):
            _drop_torn_line(self._path)
            self._study, self._storage = self._open(sweep.id)
        self._id = self._storage.get_study_id_from_name(sweep.id)

    def _open(self, name: str) -> tuple[Any, Any]:
        """The study and what keeps it."""
        try:
            storage = _storage(self._optuna, self._path)
            study = self._optuna.create_study(
                storage=storage,
                study_name=name,
                direction=direction(self._plan.objective),
                pruner=self._optuna.pruners.MedianPruner(
                    n_startup_trials=_NONE_PRUNED_BEFORE, n_warmup_steps=_FIRST_JUDGED
                ),
                load_if_exists=True,
            )
        except OSError:
            raise
        except Exception as error:  # Optuna has none of its own for a record that it did not write
            raise BadRun(
                f"{self._path} is damaged or foreign. Delete this file and resume the sweep: all but what its trials "
                "came to on the way is in its other files."
            ) from error
        return study, storage

    @property
    def settings(self) -> list[Setting]:
        """All trials so far, in order."""
        return [trial.params for trial in self._trials()]

    def ending(self, number: int) -> Ending | None:
        """How a trial ended; None while it is under way."""
        states = self._optuna.trial.TrialState
        ended = {states.COMPLETE: Ending.DONE, states.PRUNED: Ending.PRUNED, states.FAIL: Ending.FAILED}
        return ended.get(self._trial(number).state)

    def add(self, setting: Setting) -> int:
        """Begin another trial; returns its number."""
        trial = self._optuna.trial.create_trial(
            state=self._optuna.trial.TrialState.RUNNING, params=dict(setting), distributions=self._kinds
        )
        with saving(self._path):
            self._study.add_trial(trial)
        return len(self._trials())

    def report(self, number: int, epoch: int, value: float) -> None:
        """What a trial came to after an epoch; said before, it is said no second time."""
        if epoch in self._trial(number).intermediate_values:
            return
        with saving(self._path):
            self._storage.set_trial_intermediate_value(self._trial_id(number), epoch, value)

    def is_hopeless(self, number: int) -> bool:
        """Whether the trial did worse so far than half of those before it at the same epoch."""
        trial = self._trial(number)
        return bool(trial.intermediate_values) and bool(self._study.pruner.prune(self._study, trial))

    def end(self, number: int, ending: Ending, value: float | None = None) -> None:
        """A trial has ended. value: what it came to, for one that is done."""
        states = self._optuna.trial.TrialState
        state = {Ending.DONE: states.COMPLETE, Ending.PRUNED: states.PRUNED, Ending.FAILED: states.FAIL}[ending]
        with saving(self._path):
            self._study.tell(number - 1, value if ending is Ending.DONE else None, state)

    def suggest(self) -> Setting:
        """A trial near those that were good, by Optuna's TPE; it may have been tried already.

        It is found in a copy, so that no half a setting is ever written; after a restart it is another one than the
        last, as the number of trials goes into its seed.
        """
        trials = self._trials()
        sampler = self._optuna.samplers.TPESampler(seed=self._plan.seed + len(trials), constant_liar=True)
        draft = self._optuna.create_study(direction=direction(self._plan.objective), sampler=sampler)
        draft.add_trials(trials)
        found: Setting = draft.ask(self._kinds).params
        return found

    def _trials(self) -> list[Any]:
        trials: list[Any] = self._study.get_trials(deepcopy=False)
        return trials

    def _trial(self, number: int) -> Any:
        return self._trials()[number - 1]

    def _trial_id(self, number: int) -> int:
        found: int = self._storage.get_trial_id_from_study_id_trial_number(self._id, number - 1)
        return found


def _storage(optuna: Any, path: Path) -> Any:
    return optuna.storages.JournalStorage(optuna.storages.journal.JournalFileBackend(str(path), _NoLock()))


class _NoLock:
    """Optuna's own lock would outlive a killed process; the sweep's lock does instead of it."""

    def acquire(self) -> bool:
        return True

    def release(self) -> None:
        pass


def _drop_torn_line(path: Path) -> None:
    """Cut off what a killed process left of its last line: Optuna would read nothing that comes after it."""
    if not path.exists():
        return
    content = path.read_bytes()
    if not content.endswith(b"\n"):
        os.truncate(path, content.rfind(b"\n") + 1)
