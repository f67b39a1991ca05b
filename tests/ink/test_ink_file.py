import gzip
import json
import resource
from pathlib import Path

import pytest

from digitlab.errors import BadInk, NotSaved
from digitlab.ink import ink_file, line_reader
from digitlab.ink.ink_file import read_ink_file, read_ink_lines, write_ink_file
from digitlab.ink.strokes import LabelledDrawing

GOOD = {"digit": 7, "strokes": [[[0, 0], [10, 0], [4, 12]]], "writer": "anna"}


def line(**changes: object) -> str:
    return json.dumps({**GOOD, **changes}) + "\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "mine.jsonl"


@pytest.mark.parametrize("packed", [False, True])
def test_plain_and_gzip_files_give_the_same_drawings(packed: bool, file: Path) -> None:
    text = (line() + line(digit=0, writer="bo", donor="school", extra=1)).encode()
    file.write_bytes(gzip.compress(text) if packed else text)
    ink = [[[0.0, 0.0], [10.0, 0.0], [4.0, 12.0]]]
    assert read_ink_file(file) == [
        LabelledDrawing(ink=ink, digit=7, writer="anna"),
        LabelledDrawing(ink=ink, digit=0, writer="bo", donor="school"),
    ]


def test_blank_lines_and_a_missing_last_line_end_do_not_matter(file: Path) -> None:
    file.write_text("\n" + line() + "   \n" + line().strip())
    assert len(read_ink_file(file)) == 2


def test_the_writer_may_be_missing(file: Path) -> None:
    file.write_text('{"digit": 1, "strokes": [[[1, 1]]]}')
    assert read_ink_file(file)[0].writer == ""


@pytest.mark.parametrize("digit", [-1, 10, "7", 7.0, True, None, [7], "x" * 10**6])
def test_a_bad_digit_is_refused_with_its_line(digit: object, file: Path) -> None:
    file.write_text(line() + line(digit=digit))
    with pytest.raises(BadInk, match=r"line 2: digit is .* must be a whole number from 0 to 9") as caught:
        read_ink_file(file)
    assert len(str(caught.value)) < 300 + len(str(file))


@pytest.mark.parametrize("strokes", [None, "ab", [[1, 2]], [[[1]]], [[["a", "b"]]], {}])
def test_bad_strokes_are_refused_with_their_line(strokes: object, file: Path) -> None:
    file.write_text(line(strokes=strokes))
    with pytest.raises(BadInk, match="line 1: "):
        read_ink_file(file)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e999", "1" + "0" * 5000])
def test_numbers_that_are_not_finite_are_refused(number: str, file: Path) -> None:
    file.write_text(f'{{"digit": 1, "strokes": [[[{number}, 0]]]}}')
    with pytest.raises(BadInk, match="line 1: "):
        read_ink_file(file)


@pytest.mark.parametrize("strokes", [[], [[]]])
def test_a_drawing_without_strokes_is_refused(strokes: list[object], file: Path) -> None:
    file.write_text(line(strokes=strokes))
    with pytest.raises(BadInk, match=r"has no strokes. Remove the line"):
        read_ink_file(file)


@pytest.mark.parametrize("text", ["{", "not json", "{'digit': 1}", "[" * 100_000])
def test_lines_that_are_not_json_are_refused(text: str, file: Path) -> None:
    file.write_text(line() + text)
    with pytest.raises(BadInk, match="line 2: not a JSON object"):
        read_ink_file(file)


@pytest.mark.parametrize("text", ["null", "[]", "7", '"strokes"', '{"digit": 3}'])
def test_json_that_is_no_drawing_is_refused(text: str, file: Path) -> None:
    file.write_text(text)
    with pytest.raises(BadInk, match="Each line needs the keys digit, strokes and writer"):
        read_ink_file(file)


@pytest.mark.parametrize("content", [b"", b"\n\n", gzip.compress(b"", mtime=0)])
def test_a_file_without_drawings_is_refused(content: bytes, file: Path) -> None:
    file.write_bytes(content)
    with pytest.raises(BadInk, match="holds no drawing"):
        read_ink_file(file)


def test_binary_content_is_refused(file: Path) -> None:
    file.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    with pytest.raises(BadInk, match="not a JSON object"):
        read_ink_file(file)


def test_a_truncated_gzip_file_is_refused(file: Path) -> None:
    file.write_bytes(gzip.compress((line() * 500).encode())[:-20])
    with pytest.raises(BadInk, match=r"cannot be read: .*Name an ink file"):
        read_ink_file(file)


def test_a_gzip_file_with_wrong_bytes_is_refused(file: Path) -> None:
    data = bytearray(gzip.compress("".join(line(writer=str(n)) for n in range(500)).encode()))
    data[len(data) // 2 :] = data[: len(data) - len(data) // 2]
    file.write_bytes(data)
    with pytest.raises(BadInk):
        read_ink_file(file)


def test_a_missing_file_and_a_folder_are_named(tmp_path: Path) -> None:
    with pytest.raises(BadInk, match=r"nowhere.jsonl cannot be read: No such file or directory"):
        read_ink_file(tmp_path / "nowhere.jsonl")
    with pytest.raises(BadInk, match="Is a directory"):
        read_ink_file(tmp_path)


def memory() -> int:
    """Most memory that this process ever had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


@pytest.mark.parametrize("unit", [b" ", b"\n", b'{"digit": 1, "strokes": [[[1, 1]]], "x": "' + b"x" * 10_000 + b'"}\n'])
def test_a_small_gzip_file_that_unpacks_to_gigabytes_is_refused_early(unit: bytes, file: Path) -> None:
    with gzip.open(file, "wb", compresslevel=1) as packed:
        for _ in range(200):
            packed.write(unit * (1_000_000 // len(unit)))
    assert file.stat().st_size < 3_000_000
    before = memory()
    with pytest.raises(BadInk, match="Split the file"):
        read_ink_file(file)
    assert memory() - before < 150


def test_too_many_drawings_are_refused(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ink_file, "MOST_DRAWINGS", 3)
    file.write_text(line() * 3)
    assert len(read_ink_file(file)) == 3
    file.write_text(line() * 4)
    with pytest.raises(BadInk, match="line 4: at most 3 lines"):
        read_ink_file(file)


DRAWINGS = [
    LabelledDrawing(ink=[[[0.0, 0.0], [10.5, 3.0]], [[1.0, 2.0]]], digit=7, writer="ibm/ä.dat", donor="ibm"),
    LabelledDrawing(ink=[[[5.0, 5.0]]], digit=0),
]


@pytest.mark.parametrize("name", ["plain.jsonl", "packed.jsonl.gz"])
def test_what_is_written_is_read_again(name: str, tmp_path: Path) -> None:
    file = tmp_path / name
    write_ink_file(file, DRAWINGS)
    assert read_ink_file(file) == DRAWINGS
    assert (file.read_bytes()[:2] == b"\x1f\x8b") == name.endswith(".gz")
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_packed_bytes_do_not_depend_on_the_name_or_the_time(tmp_path: Path) -> None:
    for name in ("a.gz", "b.gz"):
        write_ink_file(tmp_path / name, DRAWINGS)
    packed = (tmp_path / "a.gz").read_bytes()
    assert packed == (tmp_path / "b.gz").read_bytes()
    assert packed[4:8] == bytes(4)  # where gzip keeps the time


@pytest.mark.parametrize(("limit", "drawings"), [(1, DRAWINGS), (9, [])])
def test_what_could_not_be_read_again_is_not_written(
    limit: int, drawings: list[LabelledDrawing], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ink_file, "MOST_DRAWINGS", limit)
    with pytest.raises(BadInk, match=f"it must be 1 to {limit} with 1,200,000 in 32 MB"):
        write_ink_file(tmp_path / "x.jsonl", drawings)
    assert not list(tmp_path.iterdir())


def test_an_old_file_stays_when_the_new_one_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "x.jsonl"
    write_ink_file(file, DRAWINGS)
    before = file.read_bytes()

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", fail)
    with pytest.raises(NotSaved, match=r"x\.jsonl cannot be written: No space left"):
        write_ink_file(file, DRAWINGS[:1])
    assert file.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["x.jsonl"]


def test_few_kilobytes_that_become_millions_of_points_are_refused_early(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ink_file, "MOST_POINTS", 200_000)
    drawing = json.dumps({"digit": 1, "strokes": [[[0, 0]] * 20_000]}).replace(" ", "").encode()
    file.write_bytes(gzip.compress((drawing + b"\n") * 200))
    assert file.stat().st_size < 60_000
    before = memory()
    with pytest.raises(BadInk, match=r"holds over 200,000 points\. Split the file"):
        read_ink_file(file)
    assert memory() - before < 150


@pytest.mark.parametrize(
    "content",
    [gzip.compress(b"", mtime=0) * 100_000, b"\x1f\x8b\x08\x08" + bytes(6) + b"a" * 5_000_000],
    ids=["members", "name"],
)
def test_a_gzip_file_that_is_all_heads_is_refused(content: bytes) -> None:
    with pytest.raises(BadInk, match="packed"):
        read_ink_file(content)


def test_gzip_files_one_after_another_and_zeros_at_the_end_are_read() -> None:
    content = gzip.compress(line().encode()) + gzip.compress(line(digit=3).encode()) + bytes(512)
    assert [drawing.digit for drawing in read_ink_file(content)] == [7, 3]


def test_lines_are_whole_wherever_the_file_is_cut_for_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    text = (line() + line(digit=3) + "\n" + line(digit=5).strip()).encode()
    for size in (1, 7, 64):
        monkeypatch.setattr(line_reader, "_CHUNK", size)
        for content in (text, gzip.compress(text)):
            assert [drawing.digit for drawing in read_ink_file(content)] == [7, 3, 5]


def test_further_keys_are_held_only_where_they_are_short(file: Path) -> None:
    file.write_text(line(id="ab", pen_width=3.5, huge="x" * 101, nested=[[]] * 5))
    assert read_ink_lines(file)[0].further == {"id": "ab", "pen_width": 3.5}
    file.write_text(line(**{f"k{n}": n for n in range(17)}))
    assert read_ink_lines(file)[0].further == {}


def test_names_with_line_breaks_and_surrogates_are_cleaned_once(file: Path) -> None:
    file.write_text(line(writer="an\nna\ud800", donor=[1]))
    assert read_ink_file(file)[0] == LabelledDrawing(
        ink=[[[0.0, 0.0], [10.0, 0.0], [4.0, 12.0]]], digit=7, writer="anna"
    )
    with pytest.raises(BadInk) as caught:
        read_ink_file(b"{", "a\nb\ud800.jsonl")
    assert str(caught.value).startswith("ab.jsonl, line 1")
