"""The pen digits: real drawings as strokes, split by writer."""

import hashlib
from pathlib import Path

from digitlab.data import PartName
from digitlab.errors import DataMissing
from digitlab.ink.ink_file import read_ink_file
from digitlab.ink.strokes import LabelledDrawing

FILE = "pen-digits.jsonl.gz"
_TEST_PERCENT = 15


def pen_file(folder: Path) -> Path | None:
    """Where the data folder holds the pen digits, or None."""
    candidates = (folder / "pen-digits" / FILE, folder / FILE)
    return next((path for path in candidates if path.is_file()), None)


def pen_drawings(folder: Path, part: PartName, validation_share: float) -> list[LabelledDrawing]:
    """The drawings of one part's writers. Raises DataMissing when the file is not there, BadInk when it is bad."""
    file = pen_file(folder)
    if file is None:
        raise DataMissing(
            f"The pen digits are not in {folder}. Copy {FILE} there, or choose another data set, such as mnist."
        )
    drawings = [d for d in read_ink_file(file) if part_of(d.writer, validation_share) is part]
    if not drawings:
        raise DataMissing(f"{file} has no writer for the {part} part. Choose a file with more writers.")
    return drawings


def part_of(writer: str, validation_share: float) -> PartName:
    """The part that all drawings of a writer belong to, decided by the name alone, so that it never changes."""
    draw = int.from_bytes(hashlib.sha256(writer.encode(errors="backslashreplace")).digest()[:4]) / 2**32
    test = _TEST_PERCENT / 100
    if draw < test:
        return PartName.TEST
    return PartName.VALIDATION if draw < test + (1 - test) * validation_share else PartName.TRAIN
