"""What a sweep came to, as numbers: the best trials, how much each hyperparameter matters, what the seeds do."""

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from digitlab.sweeps.plan import Objective, SweepPlan
from digitlab.sweeps.study import direction, distributions, need_optuna
from digitlab.sweeps.trials import Trial

_BEST = 0.25
"""The share of trials, the best, that importance tells from the others."""

_FEWEST = 8
"""Trials below which importance says nothing."""


@dataclass(frozen=True)
class Spread:
    """What the seeds of one trial do. deviation: the sample's standard deviation, 0 for a single seed."""

    trial: Trial
    mean: float
    deviation: float
    values: tuple[float, ...]


def ranked(trials: Sequence[Trial], objective: Objective) -> list[Trial]:
    """The trials that were trained to their end, the best first; of equals the one that was tried first."""
    valued = [(value, trial) for trial in trials if trial.is_done and (value := trial.value(objective)) is not None]
    sign = -1 if objective.rises else 1
    return [trial for _, trial in sorted(valued, key=lambda one: sign * one[0])]


def spread(trials: Sequence[Trial], objective: Objective) -> list[Spread]:
    """Mean and standard deviation over the seeds of each trial that was trained to its end, the best first."""
    found = []
    for trial in ranked(trials, objective):
        values = tuple(value for one in trial.runs if (value := one.value(objective)) is not None)
        deviation = statistics.stdev(values) if len(values) > 1 else 0.0
        found.append(Spread(trial, statistics.fmean(values), deviation, values))
    return found


def pareto(trials: Sequence[Trial]) -> list[Trial]:
    """Of the trials that were trained to their end those that no other beats, the quickest first.

    Each of them has a higher validation accuracy than all that train in less time.
    """
    timed = [
        (trial.seconds, -accuracy, trial)
        for trial in trials
        if trial.is_done and (accuracy := trial.value(Objective.ACCURACY)) is not None
    ]
    front: list[Trial] = []
    best = 1.0
    for _, negative, trial in sorted(timed, key=lambda one: one[:2]):
        if negative < best:
            front.append(trial)
            best = negative
    return front


def importance(plan: SweepPlan, trials: Sequence[Trial]) -> dict[str, float]:
    """Hyperparameter → how much it matters for being in the best quarter, in 0..1; the most important first.

    By PED-ANOVA (Watanabe, Bansal, Hutter 2023) as Optuna has it; shares that add up to 1. Half a second for ten
    thousand trials, where fANOVA takes minutes for one thousand.
    Empty while fewer than eight trials are done, or all of them came to the same.
    Raises NotInstalled without Optuna.
    """
    optuna = need_optuna()
    done = ranked(trials, plan.objective)
    if len(done) < _FEWEST or len({trial.value(plan.objective) for trial in done}) < 2:
        return {}
    kinds = distributions(plan)
    study = optuna.create_study(direction=direction(plan.objective))
    study.add_trials(
        [
            optuna.trial.create_trial(
                params=dict(trial.setting), distributions=kinds, value=trial.value(plan.objective)
            )
            for trial in done
        ]
    )
    found: Mapping[str, float] = optuna.importance.get_param_importances(study, evaluator=_judge(optuna))
    shares = {field: float(found[field]) for field in sorted(plan.space, key=lambda field: -found[field])}
    return shares if all(math.isfinite(share) for share in shares.values()) else {}


def _judge(optuna: Any) -> Any:
    kind = optuna.importance.PedAnovaImportanceEvaluator
    try:
        return kind(target_quantile=_BEST)
    except TypeError:  # as Optuna 4.5 calls it
        return kind(baseline_quantile=_BEST)
