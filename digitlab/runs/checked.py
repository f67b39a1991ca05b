"""Values of JSON from outside, checked once, where they come in.

A check takes any value that JSON can hold and gives it back typed: a number within its range, a text that can be
printed, a mapping of bounded length. Small checks make larger ones: `record({"epoch": whole(0, 9)})`. What does not fit
raises Unfit, which names the place and the value: `test.mnist.accuracy is 1e+99; it must be a number from 0 to 1`.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar

from digitlab.formats import short

_T = TypeVar("_T")
_K = TypeVar("_K")
_E = TypeVar("_E", bound=StrEnum)

Check = Callable[[object], _T]

_HAIR = 1e-9
"""How far rounding may carry a share beyond 0 and 1."""

_UNSEEN = "\ufffd"
"""Stands for a character that cannot be printed."""

_SPACES = "\u00a0\u202f"
"""Spaces that keep a number and its unit together; Python calls them unprintable."""


class Unfit(ValueError):
    """A value that is not what it must be. allowed: what it must be; empty when it is missing.

    inside: the keys that lead to it, the outermost first.
    """

    def __init__(self, value: object, allowed: str, inside: Sequence[str] = ()) -> None:
        self.value, self.allowed, self.inside = value, allowed, tuple(inside)
        what = f"{'.'.join(short(key)[1:-1] for key in self.inside)} is " if inside else ""
        super().__init__(f"{what}{short(value)}; it must be {allowed}" if allowed else f"{what}missing")

    def within(self, key: str) -> "Unfit":
        """The same, seen from one level further out."""
        return Unfit(self.value, self.allowed, (key, *self.inside))


def whole(low: int, high: int) -> Check[int]:
    """A whole number from low to high."""

    def check(value: object) -> int:
        if type(value) is int and low <= value <= high:  # exactly: a bool is an int, too
            return value
        raise Unfit(value, f"a whole number from {low} to {high}")

    return check


def number(low: float, high: float) -> Check[float]:
    """A finite number from low to high."""

    def check(value: object) -> float:
        if (type(value) is float or type(value) is int) and low <= value <= high:
            return float(value)
        raise Unfit(value, f"a number from {low:g} to {high:g}")

    return check


def share(value: object) -> float:
    """A number in 0..1; what rounding carried a hair beyond is brought back."""
    try:
        return min(1.0, max(0.0, number(-_HAIR, 1 + _HAIR)(value)))
    except Unfit as error:
        raise Unfit(value, "a number from 0 to 1") from error


def flag(value: object) -> bool:
    """True or false."""
    if isinstance(value, bool):
        return value
    raise Unfit(value, "true or false")


def text(longest: int) -> Check[str]:
    """A text of printable characters, at most so many."""

    def check(value: object) -> str:
        if isinstance(value, str) and len(value) <= longest and value.isprintable():
            return value
        raise Unfit(value, f"a text of at most {longest} printable characters")

    return check


def lines(longest: int) -> Check[str]:
    """A text of printable characters and line breaks, at most so many."""

    def check(value: object) -> str:
        if isinstance(value, str) and len(value) <= longest and value.replace("\n", "").isprintable():
            return value
        raise Unfit(value, f"a text of at most {longest} printable characters")

    return check


def message(longest: int) -> Check[str]:
    """What somebody said, in one line: what cannot be printed is replaced, and what is too long is cut."""

    def check(value: object) -> str:
        if not isinstance(value, str):
            raise Unfit(value, "a text")
        return "".join(map(_printable, value[:longest]))

    return check


def _printable(character: str) -> str:
    if character.isprintable() or character in _SPACES:
        return character
    return " " if character.isspace() else _UNSEEN


def word(pattern: str, meaning: str) -> Check[str]:
    """A text that matches a pattern as a whole. meaning: what it must be, for people."""
    compiled = re.compile(pattern)

    def check(value: object) -> str:
        if isinstance(value, str) and compiled.fullmatch(value):
            return value
        raise Unfit(value, meaning)

    return check


def word_of(kind: type[_E]) -> Check[_E]:
    """One of the words of an enumeration."""

    def check(value: object) -> _E:
        if isinstance(value, str) and value in (one.value for one in kind):
            return kind(value)
        raise Unfit(value, f"one of {', '.join(kind)}")

    return check


def moment(value: object) -> str:
    """A time in ISO 8601 with its zone, between the years 2000 and 2200; or an empty text: not yet."""
    try:
        if isinstance(value, str) and len(value) <= 40:
            time = datetime.fromisoformat(value) if value else None
            if time is None or (time.tzinfo and 2000 <= time.year < 2200):
                return value
    except ValueError:
        pass
    raise Unfit(value, "a time such as 2026-01-31T12:00:00+00:00, or empty")


def optional(check: Check[_T]) -> Check[_T | None]:
    """What the check takes, or null."""
    return lambda value: None if value is None else check(value)


def mapping(key: Check[_K], value: Check[_T], most: int) -> Check[dict[_K, _T]]:
    """An object of at most so many members, all of one kind."""

    def check(members: object) -> dict[_K, _T]:
        if not isinstance(members, dict) or len(members) > most:
            raise Unfit(members, f"an object of at most {most} members")
        return {_inside(key, name, name): _inside(value, member, name) for name, member in members.items()}

    return check


def pair(check: Check[_T]) -> Check[tuple[_T, _T]]:
    """A list of two."""

    def both(value: object) -> tuple[_T, _T]:
        if not isinstance(value, list) or len(value) != 2:
            raise Unfit(value, "a list of two")
        return _inside(check, value[0], "0"), _inside(check, value[1], "1")

    return both


def items(check: Check[_T], most: int) -> Check[tuple[_T, ...]]:
    """A list of at most so many, all of one kind."""

    def all_of(value: object) -> tuple[_T, ...]:
        if not isinstance(value, list) or len(value) > most:
            raise Unfit(value, f"a list of at most {most}")
        return tuple(_inside(check, one, str(index)) for index, one in enumerate(value))

    return all_of


def record(checks: Mapping[str, Check[Any]], needed: Sequence[str] = ()) -> Check[dict[str, Any]]:
    """An object with the named members and their checks. needed: those that it cannot do without.

    What is null counts as left out; other members than the named ones are left out.
    """

    def check(members: object) -> dict[str, Any]:
        if not isinstance(members, dict):
            raise Unfit(members, "an object")
        for name in needed:
            if members.get(name) is None:
                raise Unfit(None, "", [name])
        return {
            name: _inside(one, members[name], name) for name, one in checks.items() if members.get(name) is not None
        }

    return check


def _inside(check: Check[_T], value: object, key: str) -> _T:
    try:
        return check(value)
    except Unfit as error:
        raise error.within(key) from None


LARGEST = 1e39
"""Above every number of float32; what losses and norms are at most."""

loss = number(-1.0, LARGEST)
"""A mean cross-entropy in nats; rounding may carry a tiny one below 0."""

norm = number(0.0, LARGEST)

epochs = whole(0, 1_000_000)
steps = whole(0, 10**12)
seconds = number(0.0, 1e11)
