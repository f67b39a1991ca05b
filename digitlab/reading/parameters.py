"""What a view is asked beside the drawing: a few named values from outside, checked where a view reads them."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from digitlab.errors import BadInk, UnknownName
from digitlab.formats import short

MOST, LONGEST_NAME, LONGEST_TEXT = 24, 40, 200
"""Values; characters of a name and of a text."""

Value = str | int | float | bool


@dataclass(frozen=True)
class Parameters:
    """Name → value. Each reader gives the default where nothing was said."""

    values: Mapping[str, Value] = field(default_factory=dict)

    def whole(self, name: str, low: int, high: int, default: int) -> int:
        """A whole number from low to high. Raises BadInk for anything else."""
        value = self.values.get(name, default)
        if type(value) is not int or not low <= value <= high:
            raise BadInk(f"{name} is {short(value, 40)}; it must be a whole number from {low} to {high}.")
        return value

    def number(self, name: str, low: float, high: float, default: float) -> float:
        """A number from low to high. Raises BadInk for anything else."""
        value = self.values.get(name, default)
        if type(value) not in (int, float) or not low <= float(value) <= high:
            raise BadInk(f"{name} is {short(value, 40)}; it must be a number from {low:g} to {high:g}.")
        return float(value)

    def choice(self, name: str, options: Iterable[str], default: str) -> str:
        """One of the options. Raises UnknownName for anything else."""
        value, known = self.values.get(name, default), list(options)
        if value not in known:
            raise UnknownName(f"There is no {name} {short(value, 40)}. Choose one of: {', '.join(known)}.")
        return str(value)


def checked_parameters(value: Any) -> Parameters:
    """Parameters from outside. Raises BadInk when they are anything else than a few names with plain values."""
    if not isinstance(value, Mapping) or len(value) > MOST:
        raise BadInk(f"The parameters are {short(value, 40)}; they must be at most {MOST} names with values.")
    for name, one in value.items():
        if not isinstance(name, str) or not name.isprintable() or len(name) > LONGEST_NAME or not _is_plain(one):
            raise BadInk(
                f"The parameter {short(name, 40)} is {short(one, 40)}; it must be a number, a text, yes or no."
            )
    return Parameters(dict(value))


def _is_plain(value: Any) -> bool:
    if isinstance(value, str):
        return value.isprintable() and len(value) <= LONGEST_TEXT
    if type(value) is float:
        return math.isfinite(value)
    return type(value) in (bool, int) and abs(value) < 2**53
