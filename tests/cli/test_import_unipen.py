from collections.abc import Callable
from pathlib import Path

import pytest

from digitlab.ink.ink_file import read_ink_file
from digitlab.ink.strokes import LabelledDrawing

LINES = (
    '.VERSION 1.0\n.INCLUDE strokes.dat\n.SEGMENT DIGIT 0 OK "7"\n.SEGMENT DIGIT 0-1 ? "4"\n.SEGMENT DIGIT 5 OK "1"\n'
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small distribution: two writers with two good segments each, one beyond the components, and a binary file."""
    folder = tmp_path / "unipen"
    for writer in ("apa/a.dat", "ibm/b.dat"):
        (folder / "data/1a" / writer).parent.mkdir(parents=True)
        (folder / "data/1a" / writer).write_text(LINES)
    (folder / "data/1a/ibm/c.dat").write_bytes(bytes(100))
    (folder / "include").mkdir()
    (folder / "include/strokes.dat").write_text(".PEN_DOWN\n0 9\n5 0\n.PEN_UP\n.PEN_DOWN\n0 5\n6 5\n.PEN_UP\n")
    return folder


@pytest.mark.parametrize("name", ["digits.jsonl", "digits.jsonl.gz"])
def test_a_distribution_becomes_an_ink_file(name: str, folder: Path, tmp_path: Path, call: Callable) -> None:
    file = tmp_path / name
    called = call("import-unipen", folder, "-o", file)
    assert (called.code, called.out) == (0, f"{file}\n")
    assert called.err == "4 drawings from 2 writers; left out: 1 × damaged file, 2 × damaged segment.\n"
    assert (file.read_bytes()[:2] == b"\x1f\x8b") == name.endswith(".gz")
    drawings = read_ink_file(file)
    ink = [[[0.0, 0.0], [556.0, 1000.0]]]
    assert drawings[2] == LabelledDrawing(ink=ink, digit=7, writer="ibm/b.dat", donor="ibm")
    assert [(d.digit, len(d.ink), d.donor) for d in drawings] == [
        (7, 1, "apa"),
        (4, 2, "apa"),
        (7, 1, "ibm"),
        (4, 2, "ibm"),
    ]


def test_json_counts_what_was_found_and_what_was_not(folder: Path, tmp_path: Path, call: Callable) -> None:
    file = tmp_path / "digits.jsonl"
    called = call("import-unipen", folder, "-o", file, "--json")
    left_out = {"damaged file": 1, "damaged segment": 2}
    assert called.json == {"file": str(file), "drawings": 4, "writers": 2, "left_out": left_out}
    assert called.err == ""
    assert len(read_ink_file(file)) == 4


def test_the_same_folder_gives_the_same_bytes(folder: Path, tmp_path: Path, call: Callable) -> None:
    files = [tmp_path / "a.jsonl.gz", tmp_path / "b.jsonl.gz"]
    for file in files:
        assert call("import-unipen", folder, "-o", file).code == 0
    assert files[0].read_bytes() == files[1].read_bytes()


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path, refuse: Callable[..., str]) -> None:
    assert "There is no folder" in refuse("import-unipen", tmp_path / "nowhere", "-o", tmp_path / "x.jsonl")
    assert not (tmp_path / "x.jsonl").exists()


def test_a_folder_without_digits_is_refused(tmp_path: Path, refuse: Callable[..., str]) -> None:
    assert "holds no isolated digit" in refuse("import-unipen", tmp_path, "-o", tmp_path / "x.jsonl")
    assert not (tmp_path / "x.jsonl").exists()


@pytest.mark.parametrize("name", ["nowhere/x.jsonl.gz", "unipen"])
def test_a_file_that_cannot_be_written_is_refused(
    name: str, folder: Path, tmp_path: Path, refuse: Callable[..., str]
) -> None:
    assert "cannot be written" in refuse("import-unipen", folder, "-o", tmp_path / name)


def test_the_output_must_be_named(folder: Path, refuse: Callable[..., str]) -> None:
    assert "Missing option" in refuse("import-unipen", folder)
