"""What a sweep tries: for each setting of TrainConfig some values, or a range of numbers. Checked when it is made."""

import dataclasses
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from digitlab.config import RANGES, TrainConfig
from digitlab.errors import BadConfig
from digitlab.formats import short

Value = str | int | float
"""What a setting can be."""

NOT_TRIED = {"name": "its runs are named by the program", "seed": "say how many seeds instead"}
"""Settings that a sweep gives by itself, and why none can be tried."""

MOST_VALUES = 100
"""Values of one setting."""

MOST_POINTS = 100
"""Points of a range in a grid."""


@dataclass(frozen=True)
class Choice:
    """Some values of a setting, each as likely as the others. Raises BadConfig when there are none, or some twice."""

    values: tuple[Value, ...]

    def __post_init__(self) -> None:
        if not 1 <= len(self.values) <= MOST_VALUES:
            raise BadConfig(f"{len(self.values)} values of a setting cannot be tried. Name 1 to {MOST_VALUES}.")
        if len(set(self.values)) < len(self.values):
            raise BadConfig(f"{short(list(self.values))} names a value twice. Name each once.")


@dataclass(frozen=True)
class Range:
    """Numbers from low to high, both allowed.

    log: whether small and large amounts are tried alike, as is right for what matters by its magnitude. points: how
    many of them a grid takes, evenly from end to end; 0: only a search that draws numbers can take it.
    Raises BadConfig when it is empty, or logarithmic and not above 0.
    """

    low: float
    high: float
    log: bool = False
    points: int = 0

    def __post_init__(self) -> None:
        said = f"{short(self.low)}..{short(self.high)}"
        for value in (self.low, self.high):
            if type(value) not in (int, float) or not math.isfinite(value):
                raise BadConfig(f"{said} is no range. Name two numbers, the lower one first.")
        if not self.low < self.high:
            raise BadConfig(f"{said} is no range. Name two numbers, the lower one first.")
        if self.log and self.low <= 0:
            raise BadConfig(f"{said} cannot be logarithmic. Begin above 0, or leave log away.")
        if self.points and not 2 <= self.points <= MOST_POINTS:
            raise BadConfig(f"{said} cannot have {short(self.points)} points. Choose 2 to {MOST_POINTS}.")


Axis = Choice | Range
"""What is tried of one setting."""

Setting = Mapping[str, Value]
"""One point of the space: setting → value."""


def is_whole(field: str) -> bool:
    """Whether a setting takes whole numbers alone. Raises BadConfig when there is no such setting."""
    return _kind_of(field) is int


def check_axis(field: str, axis: Axis, base: TrainConfig) -> Axis:
    """The axis with values of the setting's own type.

    Raises BadConfig, with field, value and what is allowed, when there is no such setting, when a sweep gives it by
    itself, or when it does not take a value.
    """
    kind = _kind_of(field)
    if field in NOT_TRIED:
        raise BadConfig(field=field, value=axis_text(axis), allowed=f"a sweep cannot try it: {NOT_TRIED[field]}")
    if isinstance(axis, Choice):
        return Choice(tuple(getattr(base.replace(**{field: value}), field) for value in axis.values))
    if field not in RANGES:
        raise BadConfig(field=field, value=axis_text(axis), allowed="it has no range: name its values")
    if kind is int and not all(float(end).is_integer() for end in (axis.low, axis.high)):
        raise BadConfig(field=field, value=axis_text(axis), allowed="it must be of type int, at both ends")
    low, high = kind(axis.low), kind(axis.high)
    for end in (low, high):
        base.replace(**{field: end})
    return dataclasses.replace(axis, low=low, high=high)


def _kind_of(field: str) -> Any:
    for one in dataclasses.fields(TrainConfig):
        if one.name == field:
            return one.type
    known = [one.name for one in dataclasses.fields(TrainConfig) if one.name not in NOT_TRIED]
    raise BadConfig(f"Unknown setting {short(field, 30)}.", known=known)


def points_of(field: str, axis: Axis) -> Sequence[Value]:
    """The values that a grid takes of an axis. Raises BadConfig for a range without a number of points."""
    if isinstance(axis, Choice):
        return axis.values
    if not axis.points:
        raise BadConfig(
            field=field, value=axis_text(axis), allowed="a grid needs a number of points, as in 0.001..0.1:log:5"
        )
    shares = [index / (axis.points - 1) for index in range(axis.points)]
    return tuple(dict.fromkeys(value_at(field, axis, share) for share in shares))


def value_at(field: str, axis: Axis, share: float) -> Value:
    """The value of an axis at a share of its length, in 0..1. Whole settings are rounded."""
    if isinstance(axis, Choice):
        return axis.values[min(int(share * len(axis.values)), len(axis.values) - 1)]
    low, high = axis.low, axis.high
    whole = is_whole(field)
    if whole and not axis.points:  # each whole number has a strip of its own, the ends as wide as the others
        low, high = low - 0.5, high + 0.5
    value = math.exp(math.log(low) + share * math.log(high / low)) if axis.log else low + share * (high - low)
    value = min(max(round(value) if whole else value, axis.low), axis.high)
    return value if whole else float(f"{value:.6g}") if axis.low < value < axis.high else value


def axis_text(axis: Axis) -> str:
    """An axis as the command line writes it: 32,64,128 or 0.001..0.1:log."""
    if isinstance(axis, Choice):
        return ",".join(str(value) for value in axis.values)
    return f"{axis.low:g}..{axis.high:g}" + (":log" if axis.log else "") + (f":{axis.points}" if axis.points else "")


def axis_from_text(field: str, text: str) -> Axis:
    """The axis that `axis_text` writes: `32,64,128`, `0.001..0.1`, `0.001..0.1:log`, or with a grid's points `:5`.

    Raises BadConfig when the text says nothing of the kind, or there is no such setting.
    """
    kind = _kind_of(field)
    if ".." not in text or field not in RANGES:
        return Choice(tuple(_value(field, kind, word.strip()) for word in text.split(",")))
    ends, *words = text.split(":")
    low, _, high = ends.partition("..")
    points = [word for word in words if word != "log"]
    if len(points) > 1 or not all(word.isascii() and word.isdigit() and len(word) < 4 for word in points):
        raise BadConfig(field=field, value=text, allowed="write a range as low..high, low..high:log or low..high:log:5")
    return Range(
        _value(field, float, low.strip()), _value(field, float, high.strip()), "log" in words, int("".join(points) or 0)
    )


def _value(field: str, kind: Any, word: str) -> Any:
    try:
        return kind(word)
    except (ValueError, OverflowError) as error:
        raise BadConfig(field=field, value=word, allowed=f"it must be of type {kind.__name__}") from error
