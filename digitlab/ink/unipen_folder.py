"""A folder of UNIPEN's distribution as drawings: its files, where their includes lie, and the common size."""

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from digitlab.errors import BadInk, DataMissing
from digitlab.ink.ink_file import MOST_DRAWINGS, MOST_POINTS, points_of
from digitlab.ink.strokes import Ink, LabelledDrawing
from digitlab.ink.unipen import Parser, Segment, find_strokes

LENGTH = 1000
"""The longer side of every drawing."""

WIDEST = 1.6
"""Width by height above which a drawing is dropped: several digits under one label, or a mere dash."""

_LARGEST = 64_000_000
_LONGEST_LINE = 1_000_000
_DEEPEST = 8
"""Bytes of a file with all that it includes, and characters of a line; includes within includes."""

_INCLUDED = ("include", "data")


@dataclass
class Found:
    """The drawings found, and for each reason how much was left out."""

    drawings: list[LabelledDrawing] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)


def read_unipen(folder: Path) -> Found:
    """All digits under a folder of UNIPEN's distribution, by source file and in each in its own order.

    Files are taken from the first `data/1a` in it (isolated digits); where there is none, from all of its `data`, or
    from the folder itself. Damaged files and segments are left out and counted.
    Raises DataMissing when the folder does not exist or holds no digit, BadInk when it holds more than an ink file can.
    """
    if not folder.is_dir():
        raise DataMissing(f"There is no folder {folder}. Unpack UNIPEN's train_r01_v07 and name its folder.")
    files, found = _Files(folder), Found()
    points = 0
    for writer, path in files.sources():
        for drawing in _drawings(files, writer, path, found.left_out):
            found.drawings.append(drawing)
            points += points_of(drawing)
            if points > MOST_POINTS or len(found.drawings) > MOST_DRAWINGS:
                raise BadInk(
                    f"{folder} holds more than {MOST_DRAWINGS:,} drawings or {MOST_POINTS:,} points. Name a "
                    "smaller folder."
                )
    if not found.drawings:
        raise DataMissing(f"{folder} holds no isolated digit. Name the folder of UNIPEN's train_r01_v07.")
    return found


def _drawings(files: "_Files", writer: str, path: Path, left_out: Counter[str]) -> Iterator[LabelledDrawing]:
    try:
        parser = files.parse(path)
    except BadInk:
        left_out["damaged file"] += 1
        return
    donor = writer.split("/")[0] if "/" in writer else ""
    for segment in parser.segments:
        ink, reason = _ink(segment, parser)
        if reason:
            left_out[reason] += 1
        else:
            yield LabelledDrawing(ink=ink, digit=segment.digit, writer=writer, donor=donor)


def _ink(segment: Segment, parser: Parser) -> tuple[Ink, str]:
    """A segment's ink in the common form, or why it is left out."""
    try:
        ink = normalise(find_strokes(segment.where, parser.components))
    except BadInk:
        return [], "damaged segment"
    if not ink:
        return [], "segment without extent"
    right, bottom = (max(point[axis] for stroke in ink for point in stroke) for axis in (0, 1))
    return ink, "segment that is too wide" if right > WIDEST * bottom else ""


def normalise(strokes: Ink) -> Ink:
    """Strokes with y up brought to y down, a bounding box from 0, 0 and a longer side of 1000, in whole numbers.

    A point that repeats the one before is dropped. Returns [] when there is no extent.
    """
    points = [point for stroke in strokes for point in stroke]
    if not points:
        return []
    left, top = min(x for x, _ in points), max(y for _, y in points)
    extent = max(max(x for x, _ in points) - left, top - min(y for _, y in points))
    if extent <= 0:
        return []
    scale = LENGTH / extent
    moved = ([[float(round((x - left) * scale)), float(round((top - y) * scale))] for x, y in s] for s in strokes)
    return [[p for i, p in enumerate(stroke) if not i or p != stroke[i - 1]] for stroke in moved]


class _Files:
    """The files of one folder; nothing outside it is ever opened."""

    def __init__(self, folder: Path) -> None:
        self._root = folder.resolve()
        self._listings: dict[Path, dict[str, Path]] = {}

    def sources(self) -> Iterator[tuple[str, Path]]:
        """Each file with segments of its own as (its path under the data folder, the path itself), sorted."""
        data = self._data_folder()
        named = {path.relative_to(data).as_posix(): path for path in data.rglob("*")}
        for name, path in sorted(named.items()):
            is_included = "include" in name.lower().split("/")[:-1]
            if not is_included and path.is_file() and path.resolve().is_relative_to(self._root):
                yield name, path.resolve()

    def _data_folder(self) -> Path:
        isolated = (path for path in self._root.rglob("1a") if path.is_dir() and path.parent.name.lower() == "data")
        plain = self._root / "data"
        return min(isolated, default=plain if plain.is_dir() else self._root)

    def parse(self, path: Path) -> Parser:
        """A source file and all that it includes. Raises BadInk when one of them is damaged or too large."""
        open_files = [path]
        seen = {path}
        size = 0

        def include(name: str) -> None:
            found = self._find(name, open_files[-1])
            if found is not None and found not in seen:
                if len(open_files) > _DEEPEST:
                    raise BadInk(f"{path}: includes within includes go over {_DEEPEST} deep. Flatten them.")
                read(found)

        def read(file: Path) -> None:
            nonlocal size
            seen.add(file)
            size += file.stat().st_size
            if size > _LARGEST:
                raise BadInk(f"{path} holds over {_LARGEST // 1_000_000} MB with its includes. Split it.")
            open_files.append(file)
            parser.read(_lines(file))
            open_files.pop()

        parser = Parser(include)
        try:
            read(path)
        except OSError as error:
            raise BadInk(f"{path} cannot be read: {error.strerror}. Leave it out.") from error
        return parser

    def _find(self, name: str, including: Path) -> Path | None:
        """The file that an include names: beside the including file, then in each folder from its own up to the root.

        In each also under `include` and `data`. The case counts only where two names differ in nothing else.
        """
        bases = [including.parent, self._root]
        for folder in including.parents:
            if folder.is_relative_to(self._root):
                bases += [folder, *(folder / sub for sub in _INCLUDED)]
        candidates = (Path(os.path.normpath(base / name.replace("\\", "/"))) for base in bases)
        return next((found for path in candidates if (found := self._file(path)) is not None), None)

    def _file(self, path: Path) -> Path | None:
        if not path.is_relative_to(self._root):
            return None
        found: Path | None = self._root
        for part in path.relative_to(self._root).parts:
            names = self._listing(found) if found else {}
            found = names.get(part) or names.get(part.lower())
        real = found.resolve() if found else self._root
        return real if real.is_file() and real.is_relative_to(self._root) else None

    def _listing(self, folder: Path) -> dict[str, Path]:
        """What a folder holds, by name and by name in small letters."""
        if folder not in self._listings:
            paths = sorted(folder.iterdir()) if folder.is_dir() else []
            self._listings[folder] = {p.name.lower(): p for p in paths} | {p.name: p for p in paths}
        return self._listings[folder]


def _lines(file: Path) -> Iterator[str]:
    with file.open(encoding="latin-1") as lines:
        while line := lines.readline(_LONGEST_LINE + 1):
            if len(line) > _LONGEST_LINE:
                raise BadInk(f"{file} has a line of over {_LONGEST_LINE // 1_000_000} MB. Name a text file.")
            yield line
