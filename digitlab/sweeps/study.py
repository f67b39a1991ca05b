"""A sweep as Optuna knows it."""

from typing import TYPE_CHECKING

from digitlab.sweeps.optional import need
from digitlab.sweeps.plan import Objective, SweepPlan
from digitlab.sweeps.space import Choice, is_whole

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution


def direction(objective: Objective) -> str:
    """As Optuna says it."""
    return "maximize" if objective.rises else "minimize"


def distributions(plan: SweepPlan) -> dict[str, "BaseDistribution"]:
    """The plan's space in Optuna's words. Raises NotInstalled without Optuna."""
    kinds = need("optuna").distributions
    found: dict[str, BaseDistribution] = {}
    for field, axis in plan.space.items():
        if isinstance(axis, Choice):
            found[field] = kinds.CategoricalDistribution(axis.values)
        elif is_whole(field):
            found[field] = kinds.IntDistribution(int(axis.low), int(axis.high), log=axis.log)
        else:
            found[field] = kinds.FloatDistribution(axis.low, axis.high, log=axis.log)
    return found
