import json
from collections.abc import Iterable
from pathlib import Path

import pytest

from digitlab.data import PartName
from digitlab.data.dataset import load_part
from digitlab.data.pen import FILE, part_of, pen_drawings, pen_file
from digitlab.errors import DataMissing
from digitlab.ink.ink_file import read_ink_file

WRITERS = [f"writer {n}" for n in range(60)]


def write(folder: Path, writers: Iterable[str]) -> Path:
    """A small pen file: every writer draws two digits of their own."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = [
        {"digit": turn, "strokes": [[[0, 0], [n + 1, 10 + turn], [3, 20]]], "writer": writer}
        for n, writer in enumerate(writers)
        for turn in (0, 1)
    ]
    (folder / FILE).write_text("".join(json.dumps(line) + "\n" for line in lines))
    return folder


def test_all_drawings_of_a_writer_are_in_one_part_and_every_drawing_in_some_part(tmp_path: Path) -> None:
    folder = write(tmp_path, WRITERS)
    counts = {name: len(pen_drawings(folder, name, 0.2)) for name in PartName}
    writers = {name: sum(part_of(writer, 0.2) is name for writer in WRITERS) for name in PartName}
    assert sum(writers.values()) == len(WRITERS)
    assert counts[PartName.TEST] == 2 * writers[PartName.TEST] > 0
    assert counts[PartName.VALIDATION] == 2 * writers[PartName.VALIDATION] > 0
    assert counts[PartName.TRAIN] == 2 * writers[PartName.TRAIN] > 0


def test_the_test_writers_do_not_depend_on_the_validation_share() -> None:
    def tested(share: float) -> list[str]:
        return [writer for writer in WRITERS if part_of(writer, share) is PartName.TEST]

    assert tested(0.01) == tested(0.5) != []


def test_the_shares_of_writers_are_about_right() -> None:
    parts = [part_of(f"w{n}", 0.2) for n in range(2000)]
    assert parts.count(PartName.TEST) / 2000 == pytest.approx(0.15, abs=0.03)
    assert parts.count(PartName.VALIDATION) / 2000 == pytest.approx(0.17, abs=0.03)


def test_the_part_of_a_writer_never_changes() -> None:
    known = {"writer 1": "train", "writer 3": "test", "writer 12": "validation", "writer 26": "test"}
    assert {writer: part_of(writer, 0.2).value for writer in known} == known


def test_a_writer_name_that_is_no_proper_text_still_has_a_part() -> None:
    assert part_of("\ud800", 0.1) in PartName


def test_a_missing_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(DataMissing, match=f"The pen digits are not in .*Copy {FILE} there"):
        pen_drawings(tmp_path, PartName.TRAIN, 0.1)


def test_a_file_without_writers_for_a_part_is_refused(tmp_path: Path) -> None:
    folder = write(tmp_path, ["anna"])
    assert len(pen_drawings(folder, PartName.TRAIN, 0.1)) == 2
    with pytest.raises(DataMissing, match="has no writer for the test part"):
        pen_drawings(folder, PartName.TEST, 0.1)


def test_the_file_is_found_in_its_own_folder_or_directly(tmp_path: Path) -> None:
    assert pen_file(tmp_path) is None
    write(tmp_path, ["anna"])
    assert pen_file(tmp_path) == tmp_path / FILE
    write(tmp_path / "pen-digits", ["anna"])
    assert pen_file(tmp_path) == tmp_path / "pen-digits" / FILE


def test_the_shared_pen_digits_have_test_writers_of_their_own(pen_folder: Path) -> None:
    file = pen_file(pen_folder)
    assert file is not None
    drawings = read_ink_file(file)
    assert len(drawings) == 6432
    parts = {name: {d.writer for d in drawings if part_of(d.writer, 0.1) is name} for name in PartName}
    assert all(len(writers) > 20 for writers in parts.values())
    part = load_part("pen", PartName.TEST, pen_folder, 0.1)
    assert len(part) == sum(d.writer in parts[PartName.TEST] for d in drawings)
    assert part.labels.bincount(minlength=10).min() > 20
