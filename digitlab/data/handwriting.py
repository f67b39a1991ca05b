"""My handwriting: what the user drew and labelled, in the data folder and split for training and testing.

One person is often the only writer, so the drawings are split one by one: every third of each digit is for testing.
"""

import hashlib
import secrets
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from digitlab.data import PartName
from digitlab.data.handwriting_file import MyDrawing, change_drawings, handwriting_file, my_drawings, pen_width_and_part
from digitlab.errors import BadInk, DataMissing, UnknownName
from digitlab.formats import short
from digitlab.ink.ink_file import MOST_POINTS, InkLine, points_of
from digitlab.ink.strokes import CANVAS, Drawing, Ink, LabelledDrawing, check_ink, check_pen_width, fit_ink

ME = "me"
"""The writer who gives no name."""

MOST_DRAWINGS = 20_000
"""More than anyone draws by hand; each change writes all of them."""

_LONGEST_NAME = 40
_FITTED = 200.0
"""Longer side that a drawing from elsewhere gets, in canvas pixels."""

_RULE = (
    "Training takes one to learn from, one to validate on and one to test on; the second, fifth, eighth and so on of a "
    "digit are for testing, so three drawings of one digit are enough to begin."
)

_SMALLEST = 40.0
"""Drawings on the canvas are longer than this; a shorter one was written on another scale."""


def add_drawing(folder: Path, drawing: Drawing, digit: int, writer: str, label_id: str = "") -> MyDrawing:
    """Add a drawing that was labelled, and give back what is on the disk of it.

    drawing: in canvas pixels. digit: 0 to 9. writer: at most 40 printable characters; empty stands for `me`.
    label_id: names the act of labelling; a drawing that was added under the same name already is not added again.
    Raises BadInk when one of them is not so or 20,000 drawings are there already, NotSaved when it cannot be written.
    """
    width = check_pen_width(drawing.pen_width)
    new = _New(
        LabelledDrawing(
            ink=_check_drawn(drawing.ink), pen_width=width, digit=_check_digit(digit), writer=_check_writer(writer)
        ),
        id=id_under(label_id) if label_id else "",
    )
    added: list[MyDrawing] = []

    def change(present: list[MyDrawing]) -> list[MyDrawing]:
        before = [one for one in present if one.id == new.id]
        added[:] = before or _numbered(present, [new])
        return present if before else [*present, *added]

    change_drawings(folder, change)
    return added[0]


def take_back(folder: Path, label_id: str) -> bool:
    """Delete the drawing that was added under this name, and give back whether it was there.

    label_id: the one given to `add_drawing`, not empty. Added again under the same name, the drawing is back.
    Raises NotSaved when it cannot be written.
    """
    gone = id_under(label_id)
    if all(one.id != gone for one in my_drawings(folder)):
        return False
    delete_drawings(folder, [gone])
    return True


def relabel(folder: Path, drawing_id: str, digit: int) -> None:
    """Give a drawing another digit; it stays in its part.

    Raises BadInk for a bad digit, UnknownName when there is no such drawing, NotSaved when it cannot be written.
    """
    _check_digit(digit)

    def change(present: list[MyDrawing]) -> list[MyDrawing]:
        if all(one.id != drawing_id for one in present):
            raise UnknownName(f"My handwriting has no drawing {drawing_id[:40]!r}. Load the page again.")
        return [replace(one, digit=digit) if one.id == drawing_id else one for one in present]

    change_drawings(folder, change)


def delete_drawings(folder: Path, ids: Collection[str]) -> None:
    """Delete drawings; ids that are not there do not matter. Raises NotSaved when it cannot be written."""
    gone = set(ids)
    change_drawings(folder, lambda present: [one for one in present if one.id not in gone])


def add_from_elsewhere(folder: Path, lines: Sequence[InkLine]) -> int:
    """Add the drawings of an ink file, in order, and give back how many were new.

    A drawing that digitlab wrote stays in its part, so that what models have learned from is not tested on, and
    brings its pen width. Coordinates that do not lie on the canvas are fitted to it. A drawing whose strokes and digit
    are there already is left out. Raises BadInk when there would be over 20,000, NotSaved when they cannot be written;
    then none is added.
    """
    added: list[MyDrawing] = []

    def change(present: list[MyDrawing]) -> list[MyDrawing]:
        seen = {_key(one) for one in present}
        fresh = []
        for line in lines:
            new = _from_elsewhere(line)
            if seen.isdisjoint({_key(line.drawing), _key(new.drawing)}):
                fresh.append(new)
                seen.add(_key(new.drawing))
        added[:] = _numbered(present, fresh)
        return [*present, *added]

    change_drawings(folder, change)
    return len(added)


def restore_drawings(folder: Path, drawings: Sequence[MyDrawing]) -> list[str]:
    """Add drawings of a backup as they were, and give back the ids of those that were new.

    One that is here under its id, perhaps with another digit by now, or under another id with the same strokes and
    digit, stays as it is. Raises BadInk when there would be over 20,000, NotSaved when they cannot be written; then
    none is added.
    """
    added: list[MyDrawing] = []

    def change(present: list[MyDrawing]) -> list[MyDrawing]:
        ids, keys = {one.id for one in present}, {_key(one) for one in present}
        added[:] = [one for one in drawings if one.id not in ids and _key(one) not in keys]
        _check_room(present, added)
        return sorted([*present, *added], key=lambda one: one.made)

    change_drawings(folder, change)
    return [one.id for one in added]


def handwriting_is_here(folder: Path) -> bool:
    """Whether there are drawings to train on and to test on. A damaged file counts: reading it says what is wrong."""
    try:
        parts = {one.part for one in my_drawings(folder)}
    except BadInk:
        return True
    return {PartName.TRAIN, PartName.TEST} <= parts


def handwriting_lacks(folder: Path) -> str:
    """Why there are too few drawings to train on; empty when there are enough. Raises BadInk when the file is bad."""
    parts = [one.part for one in my_drawings(folder)]
    tests = parts.count(PartName.TEST)
    if tests and len(parts) - tests >= 2:
        return ""
    if not parts:
        return f"there is no drawing yet. Draw digits and label them on Draw first. {_RULE}"
    have = "there is 1 drawing" if len(parts) == 1 else f"there are {len(parts)} drawings"
    return f"{have}, {tests or 'none'} for testing. Draw and label more on Draw. {_RULE}"


def drawings_of_part(folder: Path, part: PartName, validation_share: float) -> list[MyDrawing]:
    """The drawings of one part. validation_share: of those that are not for testing, in 0..1; at least one is held out.

    Raises DataMissing when the part would be empty, BadInk when the file is bad.
    """
    present = my_drawings(folder)
    chosen = [one for one in present if one.part is PartName.TEST]
    if part is not PartName.TEST:
        rest = [one for one in present if one.part is not PartName.TEST]
        held = _held_out(rest, validation_share)
        chosen = [one for one in rest if (one.id in held) is (part is PartName.VALIDATION)]
    if not chosen:
        raise DataMissing(
            f"My handwriting has no drawing for the {part} part: there are {len(present)} in "
            f"{handwriting_file(folder)}. Draw and label some more on Draw; three of one digit are enough to begin."
        )
    return chosen


def _held_out(rest: Sequence[MyDrawing], share: float) -> set[str]:
    """Ids for validation: those with the smallest hashes, so that one more drawing hardly changes who they are."""
    ranked = sorted((one.id for one in rest), key=lambda identity: hashlib.sha256(identity.encode()).digest())
    return set(ranked[: max(1, round(len(ranked) * share))])


@dataclass(frozen=True)
class _New:
    """A drawing to add. part: None when it is not decided yet. id: empty for a random one."""

    drawing: LabelledDrawing
    part: PartName | None = None
    id: str = ""


def _from_elsewhere(line: InkLine) -> _New:
    drawing = replace(line.drawing, writer=_mended(line.drawing.writer))
    if facts := pen_width_and_part(line.further):
        width, part = facts
        return _New(replace(drawing, pen_width=width), part)
    return _New(replace(drawing, ink=_on_canvas(drawing.ink)))


def _numbered(present: Sequence[MyDrawing], fresh: Sequence[_New]) -> list[MyDrawing]:
    """New drawings with id, part and time. Every third of a digit, beginning with its second, is for testing."""
    _check_room(present, [new.drawing for new in fresh])
    taken = {one.id for one in present}
    count = Counter(one.digit for one in present)
    made = datetime.now(UTC).isoformat(timespec="seconds")
    added = []
    for new in fresh:
        drawing = new.drawing
        count[drawing.digit] += 1
        part = new.part or (PartName.TEST if count[drawing.digit] % 3 == 2 else PartName.TRAIN)
        added.append(MyDrawing(**vars(drawing), id=new.id or _new_id(taken), part=part, made=made))
    return added


def _check_room(present: Sequence[LabelledDrawing], fresh: Sequence[LabelledDrawing]) -> None:
    if len(present) + len(fresh) > MOST_DRAWINGS:
        raise BadInk(f"My handwriting has {len(present):,} drawings; it holds at most {MOST_DRAWINGS:,}. Delete some.")
    if sum(map(points_of, present)) + sum(map(points_of, fresh)) > MOST_POINTS:
        raise BadInk(f"My handwriting holds at most {MOST_POINTS:,} points of strokes. Delete some drawings.")


def id_under(label_id: str) -> str:
    """The id of the drawing that is added under a label's name: the same whenever it is added."""
    return hashlib.sha256(label_id.encode(errors="backslashreplace")).hexdigest()[:16]


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
        raise BadInk(f"The digit is {short(digit)}; it must be a whole number from 0 to 9.")
    return digit


def _check_writer(writer: str) -> str:
    name = writer.strip() or ME
    if len(name) > _LONGEST_NAME or not name.isprintable():
        raise BadInk(f"The writer is {name[:40]!r}; use at most {_LONGEST_NAME} printable characters.")
    return name


def _mended(writer: str) -> str:
    """A name from elsewhere, made one that can be written down."""
    return "".join(letter for letter in writer if letter.isprintable()).strip()[:_LONGEST_NAME].strip() or ME


def _on_canvas(ink: Ink) -> Ink:
    xs, ys = zip(*(point for stroke in ink for point in stroke), strict=True)
    inside = min(*xs, *ys, 0) >= 0 and max(*xs, *ys, CANVAS) <= CANVAS
    if inside and max(max(xs) - min(xs), max(ys) - min(ys)) > _SMALLEST:
        return ink
    return [[[round(float(x), 2), round(float(y), 2)] for x, y in stroke] for stroke in fit_ink(ink, _FITTED)]


def _key(drawing: LabelledDrawing) -> tuple[str, int]:
    return repr(drawing.ink), drawing.digit
