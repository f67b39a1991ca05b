"""UNIPEN's text format: pen-down components, and the segments that give them labels.

A file is a row of statements: a keyword with a dot, and what follows up to the next one. `.COORD` names the columns of
the numbers after `.PEN_DOWN` and `.PEN_UP`; `.SEGMENT` labels components, which are counted from 0 over a file and all
that it includes. Source: I. Guyon, L. Schomaker, R. Plamondon, M. Liberman, S. Janet, "UNIPEN project of on-line data
exchange and recognizer benchmarks", ICPR 1994, doi:10.1109/ICPR.1994.576870.
"""

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from digitlab.errors import BadInk
from digitlab.ink.strokes import FARTHEST, MOST_POINTS, Ink

MOST_COMPONENTS = 200_000
"""Far more than one writer's file holds; the limit keeps a hostile file from filling the memory."""

Component = array | None
"""x and y of a pen-down component's points in turn, y up; None where the numbers are damaged."""

_LEVELS = ("DIGIT", "CHARACTER")
_PLAIN_COLUMNS = (2, 0, 1)
_MOST_WORDS = 100
"""More than any statement needs whose words are read."""


@dataclass(frozen=True)
class Segment:
    """A digit's label, and where its ink is: a delineation such as `0-3`, `0,2` or `3:12-4:20` (component:point)."""

    digit: int
    where: str


class Parser:
    """Reads statements; afterwards `components` and `segments` hold what was found.

    include: called with the name in each `.INCLUDE`; it may call `read` with that file's lines.
    """

    def __init__(self, include: Callable[[str], None]) -> None:
        self.components: list[Component] = []
        self.segments: list[Segment] = []
        self._include = include
        self._columns = _PLAIN_COLUMNS
        self._keyword = ""
        self._words: list[str] = []

    def read(self, lines: Iterable[str]) -> None:
        """Add a file's statements. Raises BadInk when it is no text or holds too many components."""
        for line in lines:
            if "\0" in line:
                raise BadInk("A line holds a zero byte. Name a text file.")
            for words in _parts(line.split(), self._keyword):
                if _is_keyword(words[0]):
                    self._end()
                    self._begin(words[0])
                    words = words[1:]
                self._go_on(words)
        self._end()

    def _begin(self, keyword: str) -> None:
        self._keyword = keyword
        if keyword != ".PEN_DOWN":
            return
        if len(self.components) == MOST_COMPONENTS:
            raise BadInk(f"There are over {MOST_COMPONENTS:,} components. Split the file.")
        self.components.append(array("d"))

    def _go_on(self, words: Sequence[str]) -> None:
        """More words of the statement; what follows notes and pen-up movements is let go."""
        if self._keyword == ".PEN_DOWN":
            self._add_points(words)
        elif self._keyword in (".SEGMENT", ".COORD", ".INCLUDE"):
            self._words += words[: _MOST_WORDS - len(self._words)]

    def _add_points(self, words: Sequence[str]) -> None:
        component, points = self.components[-1], _points(words, self._columns)
        if component is None or points is None:
            self.components[-1] = None
        else:
            component.extend(points)

    def _end(self) -> None:
        keyword, words = self._keyword, self._words
        self._keyword, self._words = "", []
        if keyword == ".COORD":
            self._columns = _columns(words) or self._columns
        elif keyword == ".INCLUDE" and words:
            self._include(words[0].strip('"'))
        elif keyword == ".SEGMENT":
            segment = _segment(words)
            self.segments += [segment] if segment else []


def _is_keyword(word: str) -> bool:
    """Capital letters after a dot: `.5` is a number, and `.txt` a word of a note."""
    return word.startswith(".") and "A" <= word[1:2] <= "Z"


def _parts(words: list[str], keyword: str) -> Iterator[list[str]]:
    """A line's words, parted before each keyword. Inside a line one counts only among numbers: elsewhere it is text."""
    if not words:
        return
    first = words[0] if _is_keyword(words[0]) else keyword
    starts = [index for index, word in enumerate(words) if index and _is_keyword(word)] if _is_pen(first) else []
    for start, end in zip([0, *starts], [*starts, len(words)], strict=True):
        yield words[start:end]


def _is_pen(keyword: str) -> bool:
    return keyword in (".PEN_DOWN", ".PEN_UP", ".DT")


def _columns(words: Sequence[str]) -> tuple[int, int, int] | None:
    """How many columns there are, and which are X and Y; None when one of them is missing."""
    names = [word.upper() for word in words]
    return (len(names), names.index("X"), names.index("Y")) if {"X", "Y"} <= set(names) else None


def _points(words: Sequence[str], columns: tuple[int, int, int]) -> Component:
    """A line's points; None when a word is no number, a coordinate is beyond ±1e6 or the last point is not whole."""
    width, x, y = columns
    try:
        numbers = [float(word) for word in words]
    except ValueError:
        return None
    points = array("d", (numbers[i + at] for i in range(0, len(numbers) - width + 1, width) for at in (x, y)))
    fits = len(numbers) % width == 0 and all(abs(number) <= FARTHEST for number in points)
    return points if fits else None


def _segment(words: Sequence[str]) -> Segment | None:
    """A `.SEGMENT` statement; None when it is of another level, of bad quality, or its label is not one digit.

    Level, delineation, quality (may be missing) and label, which stands between quotes or, without any, is the last.
    """
    text = " ".join(words)
    head, quote, rest = text.partition('"')
    fields = head.split()
    label = rest.partition('"')[0].strip() if quote else fields.pop() if len(fields) > 3 else ""
    if len(fields) < 2 or fields[0].upper() not in _LEVELS or "BAD" in (field.upper() for field in fields[2:]):
        return None
    return Segment(int(label), fields[1]) if len(label) == 1 and label in "0123456789" else None


def find_strokes(where: str, components: Sequence[Component]) -> Ink:
    """The strokes that a delineation names, y up as in the file.

    Raises BadInk when it names components that are not there or damaged, cannot be read, or holds over 20,000 points.
    """
    strokes: Ink = []
    points = 0
    for part in where.split(","):
        for stroke in _span(part, components):
            points += max(1, len(stroke))
            if points > MOST_POINTS:
                raise BadInk(f"Segment {where:.40} has over {MOST_POINTS:,} points. Split it.")
            strokes.append(stroke)
    return [stroke for stroke in strokes if stroke]


def _span(part: str, components: Sequence[Component]) -> Iterator[list[list[float]]]:
    """The strokes from the first to the last component, both included, of `2`, `0-3` or `3:12-4:20`."""
    first, _, last = part.partition("-")
    start, from_point = _component_and_point(first)
    end, to_point = _component_and_point(last or first)
    if not 0 <= start <= end < len(components):
        raise BadInk(f"Segment {part:.40} lies outside the {len(components)} components. Name components that exist.")
    for number in range(start, end + 1):
        component = components[number]
        if component is None:
            raise BadInk(f"Component {number} is damaged. Mend its numbers.")
        begin = from_point or 0 if number == start else 0
        until = len(component) // 2 if number != end or to_point is None else to_point + 1
        yield [[component[2 * i], component[2 * i + 1]] for i in range(begin, min(until, len(component) // 2))]


def _component_and_point(text: str) -> tuple[int, int | None]:
    """Component and, after a colon, point."""
    component, colon, point = text.partition(":")
    if not component.isascii() or not component.isdigit() or (colon and not (point.isascii() and point.isdigit())):
        raise BadInk(f"{text!r:.40} is not the number of a component. Write a delineation such as 0-3.")
    if len(component) > 9 or len(point) > 9:
        raise BadInk(f"{text:.40} is beyond any component. Name components that exist.")
    return int(component), int(point) if colon else None
