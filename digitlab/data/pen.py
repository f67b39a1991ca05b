"""The pen digits: real drawings as strokes, split by person."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from digitlab.data import PartName
from digitlab.data.people import Source, deal, group_people, without_copies
from digitlab.errors import DataMissing
from digitlab.ink.ink_file import read_ink_file
from digitlab.ink.strokes import LabelledDrawing

_PATTERN = "pen-digits*.jsonl.gz"

_LEAST_VALIDATION = 0.25
"""The least share of the drawings not meant for the test that validation gets: there are few of them beside MNIST's
images, and below some 1,500 an error more or less decides."""

_STRAIGHT = 0.15
"""A stroke that strays less than this share of its length from the line between its ends is a mere line: a 1, or what
is left of another digit. Of the digits that are whole, none strays less than 0.19."""


@dataclass(frozen=True)
class PenDigits:
    """All pen digits of a data folder, each whole drawing once, and who is who among their sources.

    UNIPEN's files hold some fragments: the slash of a 0 or the upright of a 4, alone under the digit's label. A mere
    line that is to be anything but a 1 is left out.
    """

    drawings: Sequence[LabelledDrawing]
    people: Mapping[Source, Source]

    def person(self, donor: str, writer: str) -> Source:
        """Whoever wrote into this source file, known here or not."""
        source = Source.of(donor, writer)
        return self.people.get(source, source)

    def parts(self, validation_share: float) -> Mapping[Source, PartName]:
        """Person → the part of all their drawings. validation_share: below a quarter, a quarter is taken."""
        counts = Counter(self.person(drawing.donor, drawing.writer) for drawing in self.drawings)
        return deal(counts, max(validation_share, _LEAST_VALIDATION))


def pen_files(folder: Path) -> list[Path]:
    """The files of pen digits that the data folder holds, `pen-digits*.jsonl.gz`, there or under `pen-digits/`."""
    return sorted((folder / "pen-digits").glob(_PATTERN)) or sorted(folder.glob(_PATTERN))


def read_pen_digits(folder: Path) -> PenDigits:
    """All of them. Raises DataMissing when there is no file, BadInk when one is bad."""
    files = pen_files(folder)
    if not files:
        raise DataMissing(
            f"The pen digits are not in {folder}. Run `digitlab download pen`, or choose another data set, such as "
            "mnist."
        )
    return _read(tuple((file, *file_state(file)) for file in files))


def file_state(file: Path) -> tuple[int, int]:
    """What changes when a file does: when it was written, and its bytes."""
    found = file.stat()
    return found.st_mtime_ns, found.st_size


@lru_cache(maxsize=1)
def _read(files: tuple[tuple[Path, int, int], ...]) -> PenDigits:
    """A training asks for two parts, and an evaluation follows."""
    everything = [drawing for file, *_ in files for drawing in read_ink_file(file)]
    whole = [drawing for drawing in without_copies(everything) if not _is_fragment(drawing)]
    return PenDigits(whole, group_people(everything))


def _is_fragment(drawing: LabelledDrawing) -> bool:
    """Whether all that is there of a digit is one straight line, which only a 1 can be."""
    if drawing.digit == 1 or len(drawing.ink) != 1:
        return False
    points = np.asarray(drawing.ink[0], dtype=float)
    way = points[-1] - points[0]
    length = float(np.hypot(*way))
    across = (points - points[0]) @ np.array([-way[1], way[0]])
    return length > 0 and float(np.ptp(across)) < _STRAIGHT * length**2


def pen_drawings(folder: Path, part: PartName, validation_share: float) -> list[LabelledDrawing]:
    """The drawings of one part's people. Raises DataMissing when there is no file, BadInk when one is bad.

    validation_share: of the drawings that are not for the test, at least a quarter.
    """
    pen = read_pen_digits(folder)
    parts = pen.parts(validation_share)
    drawings = [d for d in pen.drawings if parts[pen.person(d.donor, d.writer)] is part]
    if not drawings:
        raise DataMissing(f"The pen digits in {folder} have nobody for the {part} part. Add drawings of more people.")
    return drawings
