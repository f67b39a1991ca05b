import gzip
import json
from pathlib import Path

import pytest

from digitlab.data import PartName
from digitlab.data.letters import UNLIKE_DIGITS, letter_drawings, letters_file, read_letters
from digitlab.data.pen import pen_drawings
from digitlab.data.people import Source
from digitlab.errors import BadInk

WRITERS = [f"a/{number}.dat" for number in range(30)]


def write_lines(path: Path, lines: list[dict]) -> None:
    path.write_bytes(gzip.compress("".join(json.dumps(line) + "\n" for line in lines).encode()))


def line_of(letter: object, number: int, writer: str) -> dict:
    return {"letter": letter, "donor": "a", "writer": writer, "strokes": [[[0, 0], [number, 50], [9, 100]]]}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Digits by thirty people; letters by these and thirty others, one unlike a digit and one like one each."""
    digits = [{**line_of("", number, writer), "digit": 1} for number, writer in enumerate(WRITERS)]
    others = [f"a/other {number}.dat" for number in range(30)]
    letters = [
        line_of(letter, 100 + number, writer)
        for number, writer in enumerate([*WRITERS, *others])
        for letter in ("A", "O")
    ]
    write_lines(tmp_path / "pen-digits.jsonl.gz", digits)
    write_lines(tmp_path / "pen-letters.jsonl.gz", letters)
    return tmp_path


def test_whoever_drew_digits_has_their_letters_in_the_same_part(folder: Path) -> None:
    for part in PartName:
        digits = {Source.of("a", drawing.writer) for drawing in pen_drawings(folder, part, 0.25)}
        letters = {one.source for one in letter_drawings(folder, part, 0.25) if not one.source.file.startswith("other")}
        assert letters == digits


def test_the_others_are_dealt_so_that_every_part_has_some(folder: Path) -> None:
    parts = [{one.source for one in letter_drawings(folder, part, 0.25)} for part in PartName]
    assert all(any(source.file.startswith("other") for source in sources) for sources in parts)
    assert sum(map(len, parts)) == len(set.union(*parts)) == 60


def test_only_letters_that_no_digit_looks_like_are_taken(folder: Path) -> None:
    assert {one.letter for part in PartName for one in letter_drawings(folder, part, 0.25)} == {"A"}
    assert not UNLIKE_DIGITS & set("OISZBGlqgbDo")


def test_without_the_file_there_are_none(tmp_path: Path) -> None:
    assert letters_file(tmp_path) is None
    assert letter_drawings(tmp_path, PartName.TRAIN, 0.25) == []


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (line_of("AB", 1, "w"), "line 2: letter is 'AB'; it must be a single letter"),
        (line_of(7, 1, "w"), "line 2: letter is 7; it must be a single letter"),
        ({**line_of("A", 1, "w"), "strokes": [[["x", 0]]]}, "line 2: A point of a stroke must be"),
        ({**line_of("A", 1, "w"), "strokes": [[]]}, "line 2: the drawing has no strokes"),
    ],
)
def test_a_bad_line_is_named(line: dict, said: str, tmp_path: Path) -> None:
    file = tmp_path / "pen-letters.jsonl.gz"
    write_lines(file, [line_of("A", 1, "w"), line])
    with pytest.raises(BadInk, match=said):
        read_letters(file)


def test_the_shared_letters_of_no_person_are_in_two_parts(pen_folder: Path) -> None:
    if letters_file(pen_folder) is None:
        pytest.skip("the pen letters are not here")
    found = {part: letter_drawings(pen_folder, part, 0.25) for part in PartName}
    sources = [{one.source for one in letters} for letters in found.values()]
    assert sum(map(len, sources)) == len(set.union(*sources))
    assert all(len(letters) > 500 for letters in found.values())
