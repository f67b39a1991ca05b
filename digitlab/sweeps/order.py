"""The settings of a grid and of a random search, in an order that is the same whenever it is asked for.

So a sweep that goes on after a kill tries the very settings that it would have tried without.
"""

from collections.abc import Iterator, Sequence
from math import prod

import numpy as np

from digitlab.sweeps.plan import MOST_RUNS, Method, SweepPlan
from digitlab.sweeps.space import Axis, Choice, Setting, Value, is_whole, points_of, value_at

_MOST_REPEATS = 1000
"""Settings in a row that were drawn before, after which there are no others."""


def settings_in_order(plan: SweepPlan) -> Iterator[Setting]:
    """All settings of a plan, each once, in an order that its seed decides.

    A grid is shuffled: with a budget for a part of it, the part is spread over all of it. So is a space with few
    points for the other methods; from a large one settings are drawn at random, for as long as there are new ones.
    """
    random = np.random.default_rng(plan.seed)
    if values := _all_values(plan):
        for index in random.permutation(prod(map(len, values.values()))):
            yield _point(values, int(index))
    else:
        yield from _drawn(plan, random)


def key_of(setting: Setting) -> tuple[tuple[str, Value], ...]:
    """What makes a setting another one."""
    return tuple(sorted(setting.items()))


def _all_values(plan: SweepPlan) -> dict[str, Sequence[Value]]:
    """Setting → its values, where all points of the space can be listed; else nothing."""
    if plan.method is Method.GRID:
        return {field: points_of(field, axis) for field, axis in plan.space.items()}
    if not all(isinstance(axis, Choice) or is_whole(field) for field, axis in plan.space.items()):
        return {}
    if prod(_size(axis) for axis in plan.space.values()) > MOST_RUNS:
        return {}
    return {field: _each(axis) for field, axis in plan.space.items()}


def _size(axis: Axis) -> int:
    return len(axis.values) if isinstance(axis, Choice) else int(axis.high - axis.low) + 1


def _each(axis: Axis) -> Sequence[Value]:
    return axis.values if isinstance(axis, Choice) else range(int(axis.low), int(axis.high) + 1)


def _point(values: dict[str, Sequence[Value]], index: int) -> Setting:
    """One point of a grid, by its number."""
    setting = {}
    for field, possible in values.items():
        index, place = divmod(index, len(possible))
        setting[field] = possible[place]
    return setting


def _drawn(plan: SweepPlan, random: np.random.Generator) -> Iterator[Setting]:
    seen = set()
    repeats = 0
    while repeats < _MOST_REPEATS:
        setting = {field: value_at(field, axis, float(random.random())) for field, axis in plan.space.items()}
        if key_of(setting) in seen:
            repeats += 1
            continue
        seen.add(key_of(setting))
        repeats = 0
        yield setting
