"""The plan of a sweep: what is tried, how, how often, and when it ends. Checked when it is made; saved as plan.json."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from digitlab.config import TrainConfig
from digitlab.errors import BadConfig
from digitlab.formats import short
from digitlab.sweeps.space import Axis, Choice, Range, Setting, check_axis, points_of

FORMAT = 1
"""Version of the saved form of a plan."""

MOST_RUNS = 10_000
MOST_SECONDS = 30 * 24 * 3600.0
MOST_SEEDS = 100
MOST_AT_ONCE = 1000
"""Runs of a sweep under way."""

_MOST_AXES = 12
_LONGEST_NAME = 60


class Method(StrEnum):
    """How the next trial is found: every point of a grid, at random, or near what was good (Optuna's TPE)."""

    GRID = "grid"
    RANDOM = "random"
    TPE = "tpe"


class Objective(StrEnum):
    """What trials are compared by, on the validation part. The test part chooses nothing."""

    LOSS = "loss"
    ACCURACY = "accuracy"

    @property
    def rises(self) -> bool:
        """Whether more is better."""
        return self is Objective.ACCURACY


@dataclass(frozen=True, kw_only=True)
class SweepPlan:
    """What a sweep does.

    base: what all its runs have in common. space: setting → what is tried of it. seeds: how often each trial is
    trained, with the base's seed and those after it. most_runs, most_seconds: its budget; 0: none. prune: whether
    trials that do worse than most are stopped early. at_once: its runs under way; 0: as many as the installation
    trains at once. objective: what trials are compared by: that of the epoch whose weights a run keeps; the loss
    unless told otherwise, as each run chooses its epoch by it. seed: of the order in which trials are tried. name:
    what its runs are called.
    Raises BadConfig with field, value and what is allowed.
    """

    base: TrainConfig
    space: Mapping[str, Axis]
    method: Method = Method.RANDOM
    seeds: int = 1
    most_runs: int = 0
    most_seconds: float = 0.0
    prune: bool = True
    at_once: int = 0
    objective: Objective = Objective.LOSS
    seed: int = 0
    name: str = "sweep"

    def __post_init__(self) -> None:
        for field, kind in (("method", Method), ("objective", Objective)):
            object.__setattr__(self, field, _word(field, kind, getattr(self, field)))
        for field, least, most in _NUMBERS:
            _check_number(field, getattr(self, field), least, most)
        if type(self.prune) is not bool:
            raise BadConfig(field="prune", value=self.prune, allowed="choose true or false")
        name = self.name
        if not isinstance(name, str) or not 1 <= len(name) <= _LONGEST_NAME or not name.isprintable():
            raise BadConfig(field="name", value=name, allowed=f"choose 1 to {_LONGEST_NAME} printable characters")
        if not 1 <= len(self.space) <= _MOST_AXES:
            raise BadConfig(field="space", value=list(self.space), allowed=f"name 1 to {_MOST_AXES} settings to try")
        checked = {field: check_axis(field, axis, self.base) for field, axis in self.space.items()}
        object.__setattr__(self, "space", checked)
        self._check_whole()

    def _check_whole(self) -> None:
        """What single fields cannot say. Raises BadConfig."""
        if 0 < self.most_runs < self.seeds:
            allowed = f"each trial is trained {self.seeds} times: choose at least {self.seeds}"
            raise BadConfig(field="most_runs", value=self.most_runs, allowed=allowed)
        if self.method is Method.GRID:
            if (size := self.grid_size * self.seeds) > MOST_RUNS:
                raise BadConfig(f"The grid has {size:,} runs. Try fewer values, {MOST_RUNS:,} runs at most.")
        elif not self.most_runs and not self.most_seconds:
            allowed = f"the method {self.method} never ends by itself: name a number of runs, or a time"
            raise BadConfig(field="most_runs", value=0, allowed=allowed)
        self.base.replace(seed=self.all_seeds[-1])
        if self._fewest_epochs() < 1:
            allowed = "trials are compared by what each epoch came to: choose at least 1"
            raise BadConfig(field="epochs", value=0, allowed=allowed)

    def _fewest_epochs(self) -> float:
        axis = self.space.get("epochs")
        if isinstance(axis, Range):
            return axis.low
        return min(int(value) for value in axis.values) if axis else self.base.epochs

    @property
    def grid_size(self) -> int:
        """How many trials a grid has. Raises BadConfig for a range without a number of points."""
        size = 1
        for field, axis in self.space.items():
            size *= len(points_of(field, axis))
        return size

    @property
    def most_trials(self) -> int:
        """How many trials the budget of runs allows, and a grid has; 0: as many as the time allows."""
        allowed = self.most_runs // self.seeds
        if self.method is not Method.GRID:
            return allowed
        return min(allowed, self.grid_size) if allowed else self.grid_size

    def config(self, setting: Setting, seed: int, number: int) -> TrainConfig:
        """What a run of a trial is trained with. number: of the trial, from 1."""
        called = f"{self.name} {number}" + (f", seed {seed}" if self.seeds > 1 else "")
        return self.base.replace(**setting, seed=seed, name=called)

    @property
    def all_seeds(self) -> range:
        """Those that each trial is trained with."""
        return range(self.base.seed, self.base.seed + self.seeds)

    def to_dict(self) -> dict[str, Any]:
        """The saved form: every field and the version of the format."""
        saved = {one.name: getattr(self, one.name) for one in dataclasses.fields(self)}
        axes = {field: _axis_to_dict(axis) for field, axis in self.space.items()}
        return {"format": FORMAT, **saved, "base": self.base.to_dict(), "space": axes}

    @classmethod
    def from_dict(cls, saved: Mapping[str, Any]) -> "SweepPlan":
        """The plan of a saved form. Raises BadConfig for an unknown key, value or version."""
        values = dict(saved)
        version = values.pop("format", FORMAT)
        if version != FORMAT:
            raise BadConfig(f"The plan has format {short(version)}; this digitlab reads {FORMAT}. Update digitlab.")
        _refuse_unknown(values, [one.name for one in dataclasses.fields(cls)])
        for field in ("base", "space"):
            if not isinstance(values.get(field), dict):
                raise BadConfig(field=field, value=values.get(field), allowed="it must be an object")
        axes = {field: _axis_from_dict(field, axis) for field, axis in values["space"].items()}
        return cls(**{**values, "base": TrainConfig.from_dict(values["base"]), "space": axes})


_NUMBERS = (
    ("seeds", 1, MOST_SEEDS),
    ("most_runs", 0, MOST_RUNS),
    ("most_seconds", 0.0, MOST_SECONDS),
    ("at_once", 0, MOST_AT_ONCE),
    ("seed", 0, 2**31 - 1),
)
"""Field, least and most; whole numbers where the least is one."""


def _check_number(field: str, value: object, least: float, most: float) -> None:
    kinds = (int,) if isinstance(least, int) else (int, float)
    if type(value) not in kinds or not least <= value <= most:  # type: ignore[operator]  # a number by then
        whole = "whole " if isinstance(least, int) else ""
        raise BadConfig(field=field, value=value, allowed=f"choose a {whole}number from {least:g} to {most:g}")


def _word(field: str, kind: type[StrEnum], value: object) -> StrEnum:
    if isinstance(value, str) and value in [one.value for one in kind]:
        return kind(value)
    raise BadConfig(field=field, value=value, allowed=f"choose one of {', '.join(kind)}")


def _refuse_unknown(values: Mapping[str, Any], known: list[str]) -> None:
    for key in values:
        if key not in known:
            raise BadConfig(f"Unknown part {short(key, 30)} of a plan.", known=known)


def _axis_to_dict(axis: Axis) -> dict[str, Any]:
    return {"values": list(axis.values)} if isinstance(axis, Choice) else dataclasses.asdict(axis)


def _axis_from_dict(field: str, saved: object) -> Axis:
    if isinstance(saved, dict) and set(saved) == {"values"} and isinstance(saved["values"], list):
        if all(type(value) in (str, int, float) for value in saved["values"]):
            return Choice(tuple(saved["values"]))
    elif isinstance(saved, dict) and {"low", "high"} <= set(saved) <= {"low", "high", "log", "points"}:
        log, points = saved.get("log", False), saved.get("points", 0)
        if type(log) is bool and type(points) is int:
            return Range(saved["low"], saved["high"], log, points)
    raise BadConfig(field=field, value=saved, allowed="name values, or low and high")
