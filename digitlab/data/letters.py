"""The pen letters: real drawings that are no digit, by people of whom some have drawn pen digits, too.

Their ink is what a model may learn to be unsure of, and what that is tested with. Source, licence: as of the pen
digits; UNIPEN's categories 1b and 1c.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from digitlab.data import PartName
from digitlab.data.pen import file_state, read_pen_digits
from digitlab.data.people import Source, deal
from digitlab.errors import BadInk
from digitlab.formats import short
from digitlab.ink.ink_file import parse_object, to_ink
from digitlab.ink.line_reader import numbered_lines
from digitlab.ink.strokes import Ink, LabelledDrawing

if TYPE_CHECKING:  # torch comes with it
    from digitlab.data.parts import Part

UNLIKE_DIGITS = frozenset("AEFHKMNPRVWXaefhkmnprvwx")
"""Letters that no digit looks like; an O or an l nobody can tell from one."""

_FILE = "pen-letters.jsonl.gz"
_MOST_LINES = 100_000


@dataclass(frozen=True)
class Letter:
    """A drawing of a letter, and where it comes from."""

    letter: str
    ink: Ink
    source: Source


def letters_file(folder: Path) -> Path | None:
    """Where the data folder holds the pen letters, or None."""
    candidates = (folder / "pen-letters" / _FILE, folder / _FILE)
    return next((path for path in candidates if path.is_file()), None)


def letter_drawings(folder: Path, part: PartName, validation_share: float) -> list[Letter]:
    """The letters unlike any digit by one part's people; none where the data folder has no letters.

    Whoever drew pen digits, too, is in the part of those; the others are dealt by the same rule.
    Raises BadInk when the file is bad, DataMissing when there are letters but no pen digits.
    """
    file = letters_file(folder)
    if file is None:
        return []
    letters = read_letters(file)
    parts = _parts(letters, folder, validation_share)
    return [letter for letter in letters if parts[letter.source] is part]


def letter_images(folder: Path, part: PartName, validation_share: float) -> "Part | None":
    """The same letters as images, see `render_letters`; None where there are none. Raises BadInk."""
    letters = letter_drawings(folder, part, validation_share)
    return render_letters(letters) if letters else None


def render_letters(letters: Sequence[Letter]) -> "Part":
    """Each letter once, as an image of no digit, rendered as a pen digit is."""
    from digitlab.data.parts import NO_DIGIT
    from digitlab.data.rendering import render

    return render([LabelledDrawing(ink=letter.ink, digit=NO_DIGIT) for letter in letters])


def _parts(letters: Sequence[Letter], folder: Path, validation_share: float) -> dict[Source, PartName]:
    pen = read_pen_digits(folder)
    of_digits = pen.parts(validation_share)
    known = {one.source: of_digits[pen.people[one.source]] for one in letters if one.source in pen.people}
    others = Counter(one.source for one in letters if one.source not in known)
    return {**known, **deal(others, validation_share)}


def read_letters(file: Path) -> list[Letter]:
    """The letters unlike digits of a file, in order.

    Raises BadInk, naming file and line, when it is damaged or holds something else.
    """
    return list(_read(file, *file_state(file)))


@lru_cache(maxsize=1)
def _read(file: Path, _changed: int, _size: int) -> tuple[Letter, ...]:
    """Read once: a training needs one part, and its assessment another."""
    lines = numbered_lines(file, str(file), _MOST_LINES)
    read = (_letter(line, f"{file}, line {number}") for number, line in lines)
    return tuple(letter for letter in read if letter)


def _letter(line: bytes, where: str) -> Letter | None:
    """None for a letter that looks like a digit."""
    value = parse_object(line, where)
    letter = value.get("letter")
    if not (isinstance(letter, str) and len(letter) == 1 and letter.isalpha()):
        raise BadInk(f"{where}: letter is {short(letter, 40)}; it must be a single letter.")
    if letter not in UNLIKE_DIGITS:
        return None
    return Letter(letter, to_ink(value, where), Source.of(str(value.get("donor", "")), str(value.get("writer", ""))))
