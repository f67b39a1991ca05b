"""My handwriting: what the user drew and labelled, kept in the data folder and split for training and testing.

One person is often the only writer, so the drawings are split one by one: every third of each digit is for testing.
"""

import hashlib
import secrets
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from digitlab.data.ink_file import Drawing, InkLine
from digitlab.data.kept import (
    KeptDrawing,
    change_kept,
    file_stamp,
    is_pen_width,
    kept_drawings,
    kept_facts,
    mine_file,
)
from digitlab.data.part_names import PartName
from digitlab.errors import BadInk, DataMissing, UnknownName
from digitlab.ink import CANVAS, PEN_WIDTH, Ink, check_ink, fit_ink

__all__ = [
    "ME",
    "MOST_KEPT",
    "KeptDrawing",
    "add_all",
    "delete",
    "file_stamp",
    "keep",
    "kept_drawings",
    "mine_file",
    "mine_is_here",
    "my_drawings",
    "relabel",
]

ME = "me"
"""The writer who gives no name."""

MOST_KEPT = 20_000
"""More than anyone draws by hand; each change writes all of them."""

_LONGEST_NAME = 40
_FITTED = 200.0
"""Longer side that a drawing from elsewhere gets, in canvas pixels."""

_SMALLEST = 40.0
"""Drawings on the canvas are longer than this; a shorter one was written on another scale."""


def keep(folder: Path, ink: Ink, digit: int, writer: str, pen_width: float) -> KeptDrawing:
    """Keep a labelled drawing, and give back what is kept of it.

    ink: in canvas pixels. digit: 0 to 9. writer: at most 40 printable characters; empty stands for `me`.
    Raises BadInk when one of them is not so or 20,000 drawings are kept already, NotSaved when it cannot be written.
    """
    drawing = Drawing(_check_drawn(ink), _check_digit(digit), _check_writer(writer))
    if not is_pen_width(pen_width):
        raise BadInk(f"The pen width is {pen_width!r:.40}; choose a number from 1 to 100.")
    added: list[KeptDrawing] = []

    def change(kept: list[KeptDrawing]) -> list[KeptDrawing]:
        added[:] = _numbered(kept, [_New(drawing, pen_width)])
        return [*kept, *added]

    change_kept(folder, change)
    return added[0]


def relabel(folder: Path, drawing_id: str, digit: int) -> None:
    """Give a kept drawing another digit; it stays in its part.

    Raises BadInk for a bad digit, UnknownName when no such drawing is kept, NotSaved when it cannot be written.
    """
    _check_digit(digit)

    def change(kept: list[KeptDrawing]) -> list[KeptDrawing]:
        if all(one.id != drawing_id for one in kept):
            raise UnknownName(f"There is no kept drawing {drawing_id[:40]!r}. Load the page again.")
        return [
            replace(one, drawing=replace(one.drawing, digit=digit)) if one.id == drawing_id else one for one in kept
        ]

    change_kept(folder, change)


def delete(folder: Path, ids: Collection[str]) -> None:
    """Delete kept drawings; ids that are not there do not matter. Raises NotSaved when it cannot be written."""
    gone = set(ids)
    change_kept(folder, lambda kept: [one for one in kept if one.id not in gone])


def add_all(folder: Path, lines: Sequence[InkLine]) -> int:
    """Keep drawings from elsewhere, in order, and give back how many were new.

    A drawing that was kept by digitlab stays in its part, so that what models have learned from is not tested on, and
    brings its pen width. Coordinates that do not lie on the canvas are fitted to it. A drawing whose strokes and digit
    are kept already is left out. Raises BadInk when over 20,000 would be kept, NotSaved when they cannot be written;
    then none is added.
    """
    added: list[KeptDrawing] = []

    def change(kept: list[KeptDrawing]) -> list[KeptDrawing]:
        seen = {_key(one.drawing) for one in kept}
        fresh = []
        for line in lines:
            new = _from_elsewhere(line)
            if seen.isdisjoint({_key(line.drawing), _key(new.drawing)}):
                fresh.append(new)
                seen.add(_key(new.drawing))
        added[:] = _numbered(kept, fresh)
        return [*kept, *added]

    change_kept(folder, change)
    return len(added)


def mine_is_here(folder: Path) -> bool:
    """Whether there are drawings to train on and to test on. A damaged file counts: reading it says what is wrong."""
    try:
        parts = {one.part for one in kept_drawings(folder)}
    except BadInk:
        return True
    return {PartName.TRAIN, PartName.TEST} <= parts


def my_drawings(folder: Path, part: PartName, validation_share: float) -> list[Drawing]:
    """The drawings of one part. validation_share: of those that are not for testing, in 0..1; at least one is held out.

    Raises DataMissing when the part would be empty, BadInk when the file is bad.
    """
    kept = kept_drawings(folder)
    chosen = [one for one in kept if one.part is PartName.TEST]
    if part is not PartName.TEST:
        rest = [one for one in kept if one.part is not PartName.TEST]
        held = _held_out(rest, validation_share)
        chosen = [one for one in rest if (one.id in held) is (part is PartName.VALIDATION)]
    if not chosen:
        raise DataMissing(
            f"My handwriting has no drawing for the {part} part: {len(kept)} kept in {mine_file(folder)}. Draw and "
            "label some more on Draw; three of one digit are enough to begin."
        )
    return [one.drawing for one in chosen]


def _held_out(rest: Sequence[KeptDrawing], share: float) -> set[str]:
    """Ids for validation: those with the smallest hashes, so that one more drawing hardly changes who they are."""
    ranked = sorted((one.id for one in rest), key=lambda identity: hashlib.sha256(identity.encode()).digest())
    return set(ranked[: max(1, round(len(ranked) * share))])


@dataclass(frozen=True)
class _New:
    """A drawing to keep. pen_width: in canvas pixels. part: None when it is not decided yet."""

    drawing: Drawing
    pen_width: float = PEN_WIDTH
    part: PartName | None = None


def _from_elsewhere(line: InkLine) -> _New:
    drawing = replace(line.drawing, writer=_mended(line.drawing.writer))
    facts = kept_facts(line.further)
    return _New(drawing, *facts) if facts else _New(replace(drawing, ink=_on_canvas(drawing.ink)))


def _numbered(kept: Sequence[KeptDrawing], fresh: Sequence[_New]) -> list[KeptDrawing]:
    """New drawings with id, part and time. Every third of a digit, beginning with its second, is for testing."""
    if len(kept) + len(fresh) > MOST_KEPT:
        raise BadInk(f"{len(kept):,} drawings are kept; at most {MOST_KEPT:,} can be. Delete some first.")
    taken = {one.id for one in kept}
    count = Counter(one.drawing.digit for one in kept)
    made = datetime.now(UTC).isoformat(timespec="seconds")
    added = []
    for new in fresh:
        digit = new.drawing.digit
        count[digit] += 1
        part = new.part or (PartName.TEST if count[digit] % 3 == 2 else PartName.TRAIN)
        added.append(KeptDrawing(_new_id(taken), new.drawing, float(new.pen_width), part, made))
    return added


def _new_id(taken: set[str]) -> str:
    while (identity := secrets.token_hex(4)) in taken:
        pass
    taken.add(identity)
    return identity


def _check_drawn(ink: Ink) -> Ink:
    checked = check_ink(ink)
    if not checked:
        raise BadInk("There is no ink in the drawing. Draw a digit first.")
    return checked


def _check_digit(digit: int) -> int:
    if not isinstance(digit, int) or isinstance(digit, bool) or not 0 <= digit <= 9:
        raise BadInk(f"The digit is {digit!r:.60}; it must be a whole number from 0 to 9.")
    return digit


def _check_writer(writer: str) -> str:
    name = writer.strip() or ME
    if len(name) > _LONGEST_NAME or not name.isprintable():
        raise BadInk(f"The writer is {name[:40]!r}; use at most {_LONGEST_NAME} printable characters.")
    return name


def _mended(writer: str) -> str:
    """A name from elsewhere, made one that could be kept."""
    return "".join(letter for letter in writer if letter.isprintable()).strip()[:_LONGEST_NAME].strip() or ME


def _on_canvas(ink: Ink) -> Ink:
    xs, ys = zip(*(point for stroke in ink for point in stroke), strict=True)
    inside = min(*xs, *ys, 0) >= 0 and max(*xs, *ys, CANVAS) <= CANVAS
    if inside and max(max(xs) - min(xs), max(ys) - min(ys)) > _SMALLEST:
        return ink
    return [[[round(float(x), 2), round(float(y), 2)] for x, y in stroke] for stroke in fit_ink(ink, _FITTED)]


def _key(drawing: Drawing) -> tuple[str, int]:
    return repr(drawing.ink), drawing.digit
