import gzip
import json
import os
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest

from digitlab.data import PartName
from digitlab.data.dataset import load_part
from digitlab.data.pen import pen_drawings, pen_files, read_pen_digits
from digitlab.data.people import without_copies
from digitlab.errors import DataMissing
from digitlab.ink.ink_file import read_ink_file

FILE = "pen-digits.jsonl.gz"
WRITERS = [f"writer {n}" for n in range(60)]


def write(folder: Path, writers: Iterable[str], name: str = FILE, first: int = 0) -> Path:
    """A small pen file: every writer draws two digits of their own."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = [
        {"digit": turn, "strokes": [[[0, 0], [n + 1, 10 + turn], [3, 20], [20, 20]]], "writer": writer}
        for n, writer in enumerate(writers, start=first)
        for turn in (0, 1)
    ]
    (folder / name).write_bytes(gzip.compress("".join(json.dumps(line) + "\n" for line in lines).encode()))
    return folder


def test_all_drawings_of_a_writer_are_in_one_part_and_every_drawing_in_some_part(tmp_path: Path) -> None:
    folder = write(tmp_path, WRITERS)
    found = {part: pen_drawings(folder, part, 0.3) for part in PartName}
    writers = [{drawing.writer for drawing in drawings} for drawings in found.values()]
    assert sum(map(len, writers)) == len(set.union(*writers)) == len(WRITERS)
    assert sum(map(len, found.values())) == 2 * len(WRITERS)


def test_validation_gets_at_least_a_quarter_of_what_is_not_for_the_test(tmp_path: Path) -> None:
    folder = write(tmp_path, WRITERS)
    held = {share: len(pen_drawings(folder, PartName.VALIDATION, share)) for share in (0.01, 0.25, 0.5)}
    assert held[0.01] == held[0.25] == pytest.approx(0.25 * 0.85 * 120, abs=4)
    assert held[0.5] == pytest.approx(0.5 * 0.85 * 120, abs=4)


def test_all_files_are_read_and_a_drawing_that_stands_in_two_counts_once(tmp_path: Path) -> None:
    write(tmp_path, WRITERS[:3])
    write(tmp_path, ["someone else"], "pen-digits-2.jsonl.gz")  # draws what writer 0 has drawn
    write(tmp_path, ["another"], "pen-digits-3.jsonl.gz", first=77)
    pen = read_pen_digits(tmp_path)
    assert len(pen.drawings) == 8
    assert pen.person("", "someone else") == pen.person("", "writer 0") != pen.person("", "another")


SLASH, SLOPE = [[0, 20], [2, 10], [0, 0]], [[0, 0], [5, 10], [10, 0]]


@pytest.mark.parametrize(
    ("digit", "strokes", "stays"),
    [
        (0, [SLASH], False),
        (4, [[[30, 0], [30, 10]]], False),
        (1, [SLASH], True),
        (4, [SLASH, SLOPE], True),
        (7, [SLOPE], True),
        (0, [[*SLOPE, [0, 0]]], True),
        (0, [[[5, 5]]], True),
    ],
)
def test_a_single_straight_line_is_a_digit_only_where_it_is_a_1(
    tmp_path: Path, digit: int, strokes: list[list[list[int]]], stays: bool
) -> None:
    lines = [
        {"digit": digit, "strokes": strokes, "writer": "anna"},
        {"digit": 2, "strokes": [SLOPE, SLOPE], "writer": "ben"},
    ]
    (tmp_path / FILE).write_bytes(gzip.compress("".join(json.dumps(line) + "\n" for line in lines).encode()))
    assert [drawing.digit for drawing in read_pen_digits(tmp_path).drawings] == ([digit, 2] if stays else [2])


@pytest.mark.long
def test_the_fragments_among_the_shared_pen_digits_are_0s_and_4s_of_one_collection(pen_folder: Path) -> None:
    everything = without_copies([drawing for file in pen_files(pen_folder) for drawing in read_ink_file(file)])
    whole = read_pen_digits(pen_folder).drawings
    assert Counter((one.donor, one.digit) for one in everything) - Counter((one.donor, one.digit) for one in whole) == {
        ("ibm", 0): 13,
        ("ibm", 4): 23,
    }


def test_a_file_that_changes_is_read_again(tmp_path: Path) -> None:
    write(tmp_path, WRITERS[:3])
    assert len(read_pen_digits(tmp_path).drawings) == 6
    write(tmp_path, WRITERS[:5])
    os.utime(tmp_path / FILE, (1, 1))
    assert len(read_pen_digits(tmp_path).drawings) == 10


def test_a_missing_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(DataMissing, match=r"The pen digits are not in .*Run `digitlab download pen`"):
        pen_drawings(tmp_path, PartName.TRAIN, 0.1)


def test_a_file_without_people_for_a_part_is_refused(tmp_path: Path) -> None:
    folder = write(tmp_path, ["anna"])
    assert len(pen_drawings(folder, PartName.TRAIN, 0.1)) == 2
    with pytest.raises(DataMissing, match="have nobody for the test part"):
        pen_drawings(folder, PartName.TEST, 0.1)


def test_the_files_are_found_in_their_own_folder_or_directly(tmp_path: Path) -> None:
    assert pen_files(tmp_path) == []
    write(tmp_path, ["anna"])
    assert pen_files(tmp_path) == [tmp_path / FILE]
    write(tmp_path / "pen-digits", ["anna"])
    assert pen_files(tmp_path) == [tmp_path / "pen-digits" / FILE]


def test_no_person_and_no_stroke_of_the_shared_pen_digits_is_in_two_parts(pen_folder: Path) -> None:
    pen = read_pen_digits(pen_folder)
    parts = {name: pen_drawings(pen_folder, name, 0.1) for name in PartName}
    people = [{pen.person(drawing.donor, drawing.writer) for drawing in part} for part in parts.values()]
    files = [{(drawing.donor, drawing.writer) for drawing in part} for part in parts.values()]
    strokes = [
        {repr(stroke) for drawing in part for stroke in drawing.ink if len(stroke) > 9} for part in parts.values()
    ]
    for sets in (people, files, strokes):
        assert sum(map(len, sets)) == len(set[object]().union(*sets))
    assert sum(map(len, parts.values())) == len(pen.drawings) > 7500


def test_every_donor_of_the_shared_pen_digits_is_in_every_part_where_it_has_three_people(pen_folder: Path) -> None:
    pen = read_pen_digits(pen_folder)
    donors = {name: {drawing.donor for drawing in pen_drawings(pen_folder, name, 0.1)} for name in PartName}
    people = {pen.person(drawing.donor, drawing.writer) for drawing in pen.drawings}
    of_three = {one.donor for one in people if sum(one.donor == other.donor for other in people) > 2}
    assert len(of_three) > 3
    assert all(of_three <= there for there in donors.values())


def test_the_parts_of_the_shared_pen_digits_are_large_enough_to_decide(pen_folder: Path) -> None:
    assert len(pen_drawings(pen_folder, PartName.VALIDATION, 0.05)) > 1400
    part = load_part("pen", PartName.TEST, pen_folder, 0.1)
    assert len(part) > 1000
    assert part.labels.bincount(minlength=10).min() > 50
