"""People: whose drawings are whose, and which part all of a person's drawings go to."""

import hashlib
import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from digitlab.data import PartName
from digitlab.ink.strokes import Ink, LabelledDrawing

_TEST_SHARE = 0.15


@dataclass(frozen=True)
class Source:
    """Where a drawing comes from. A source file is named by its stem: folders tell sessions apart, not people."""

    donor: str
    file: str

    @classmethod
    def of(cls, donor: str, writer: str) -> "Source":
        """Of a line of an ink file. writer: the file that it came from, such as `ibm/ibm0/r0007.dat`."""
        return cls(donor, PurePosixPath(writer).stem)


def without_copies(drawings: Iterable[LabelledDrawing]) -> list[LabelledDrawing]:
    """The drawings in their order, of those with exactly the same strokes only the first."""
    kept: dict[str, LabelledDrawing] = {}
    for drawing in drawings:
        kept.setdefault(_stroke_key(drawing.ink), drawing)
    return list(kept.values())


def _stroke_key(ink: Ink) -> str:
    """The same for the same strokes, and for no others."""
    return repr(ink)


def group_people(drawings: Sequence[LabelledDrawing]) -> Mapping[Source, Source]:
    """Source → the first of the sources that are the same person's: those that share a drawing, stroke by stroke.

    A person may have written into several files, and a drawing may stand in several.
    """
    leaders: dict[Source, Source] = {}
    by_strokes: dict[str, Source] = {}
    for drawing in drawings:
        source = Source.of(drawing.donor, drawing.writer)
        first = by_strokes.setdefault(_stroke_key(drawing.ink), source)
        one, other = _leader(leaders, first), _leader(leaders, source)
        leaders[other] = one
    return {source: _leader(leaders, source) for source in leaders}


def _leader(leaders: dict[Source, Source], source: Source) -> Source:
    while leaders.setdefault(source, source) != source:
        source = leaders[source]
    return source


def deal(drawings: Mapping[Source, int], validation_share: float) -> Mapping[Source, PartName]:
    """Person → the part of all their drawings, from person → number of drawings.

    Each donor's people are dealt on their own, so that a further collection changes no part of another. 15 % of the
    drawings are for the test, whatever the validation share, which is of the rest. The person with the most drawings
    comes first, and everybody goes where most is lacking; a donor of three people or more is in every part.
    """
    parts: dict[Source, PartName] = {}
    for _, people in itertools.groupby(sorted(drawings, key=lambda person: person.donor), lambda person: person.donor):
        ranked = sorted(people, key=lambda person: (-drawings[person], _draw(person)))
        first, others = ranked[:3], ranked[3:]
        rest, test = _share_out([first[::2], first[1:2]], others, drawings, _TEST_SHARE)
        train, validation = _share_out([rest[:1], rest[1:2]], rest[2:], drawings, validation_share)
        parts |= dict.fromkeys(train, PartName.TRAIN)
        parts |= dict.fromkeys(validation, PartName.VALIDATION)
        parts |= dict.fromkeys(test, PartName.TEST)
    return parts


def _share_out(
    begun: Sequence[Sequence[Source]], people: Sequence[Source], drawings: Mapping[Source, int], share: float
) -> tuple[list[Source], list[Source]]:
    """Two sides, begun with some people each; the others go, in their order, to the side that lacks the larger part of
    its drawings. share: of all drawings, for the second side."""
    sides = (list(begun[0]), list(begun[1]))
    total = sum(drawings[person] for person in (*sides[0], *sides[1], *people))
    wanted = (total * (1 - share), total * share)
    lacking = [one - sum(drawings[person] for person in side) for one, side in zip(wanted, sides, strict=True)]
    for person in people:
        side = 0 if lacking[0] / wanted[0] >= lacking[1] / wanted[1] else 1
        sides[side].append(person)
        lacking[side] -= drawings[person]
    return sides


def _draw(person: Source) -> bytes:
    """An order of people that follows from their names alone and has nothing to do with the alphabet."""
    return hashlib.sha256(f"{person.donor}/{person.file}".encode(errors="backslashreplace")).digest()
