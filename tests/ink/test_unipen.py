from collections.abc import Callable
from pathlib import Path

import pytest

from digitlab.errors import BadInk, DataMissing
from digitlab.ink import unipen, unipen_folder
from digitlab.ink.ink_file import read_ink_file
from digitlab.ink.unipen import Parser, Segment, find_strokes
from digitlab.ink.unipen_folder import LENGTH, normalise, read_unipen

SEVEN = ".PEN_DOWN\n0 100\n50 100\n20 0\n.PEN_UP\n"
STEMS = ".PEN_DOWN\n{0} 0\n{0} 9\n.PEN_UP\n"

Write = Callable[[str, str | bytes], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a file into the distribution's folder, `unipen`."""

    def run(name: str, content: str | bytes) -> Path:
        path = tmp_path / "unipen" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode("latin-1"))
        return path

    return run


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "unipen"


def parsed(text: str) -> Parser:
    parser = Parser(lambda name: None)
    parser.read(text.splitlines(keepends=True))
    return parser


def points(text: str) -> list[list[float] | None]:
    return [None if component is None else list(component) for component in parsed(text).components]


def test_a_file_without_columns_holds_x_and_y() -> None:
    assert points(SEVEN) == [[0, 100, 50, 100, 20, 0]]


@pytest.mark.parametrize(
    "text", [".PEN_DOWN 1 2 3 4 .PEN_UP", ".PEN_DOWN\n1 2 3 4\n", ".PEN_DOWN 1 2\n\n 3 4 .PEN_UP 9 9"]
)
def test_numbers_may_share_a_line_with_each_other_and_with_keywords(text: str) -> None:
    assert points(text) == [[1, 2, 3, 4]]


def test_columns_stand_in_any_order_and_the_others_are_let_go() -> None:
    assert points(".COORD T Y P X\n.PEN_DOWN\n1e9 2 9 1\n1e9 4 9 3\n") == [[1, 2, 3, 4]]


def test_pen_up_movements_count_as_no_component() -> None:
    assert points(".PEN_UP\n5 5\n.PEN_DOWN\n1 2\n.PEN_UP\n7 7\n.DT 100\n.PEN_DOWN\n3 4") == [[1, 2], [3, 4]]


def test_notes_are_skipped_also_those_that_speak_of_keywords() -> None:
    text = 'no statement yet\n.COMMENT see .PEN_DOWN and .SEGMENT\n 12 .PEN_DOWN\n.ALPHABET "."\n   "7" .5\n' + SEVEN
    assert len(points(text)) == 1
    assert parsed(text).segments == []


@pytest.mark.parametrize("bad", ["a b", "1 2 3", "nan 1", "1 inf", "1e7 0", "1 2\n3"])
def test_a_component_with_damaged_numbers_keeps_its_place(bad: str) -> None:
    assert points(f".PEN_DOWN\n{bad}\n.PEN_UP\n{SEVEN}")[0] is None
    assert len(points(f".PEN_DOWN\n{bad}\n.PEN_UP\n{SEVEN}")) == 2


@pytest.mark.parametrize(
    "line",
    [
        'DIGIT 0-3 OK "7"',
        'DIGIT 0-3 ? "7"',
        'DIGIT 0-3 LQ "7" more',
        'DIGIT 0-3 "7"',
        'CHARACTER 0-3 GOOD\n"7"',
        "CHARACTER 0-3 ? 7",
        'digit\t0-3  ok "7"',
    ],
)
def test_segments_of_one_digit_are_taken(line: str) -> None:
    assert parsed(f".SEGMENT {line}\n").segments == [Segment(7, "0-3")]


@pytest.mark.parametrize(
    "line",
    [
        'DIGIT 0 BAD "7"',
        'CHARACTER 0 OK "a"',
        'CHARACTER 0 OK "77"',
        'WORD 0 OK "7"',
        'DIGIT "7"',
        "DIGIT 0 OK",
        "DIGIT",
        "",
        'CHARACTER 0 OK "²"',
    ],
)
def test_other_segments_are_not(line: str) -> None:
    assert parsed(f".SEGMENT {line}\n").segments == []


@pytest.mark.parametrize(
    ("where", "xs"),
    [
        ("0", [0, 0]),
        ("0-2", [0, 0, 1, 1, 2, 2]),
        ("0,2", [0, 0, 2, 2]),
        ("0-1,3", [0, 0, 1, 1, 3, 3]),
        ("1:1-2:0", [1, 2]),
        ("0-1:0", [0, 0, 1]),
        ("3:1-3", [3]),
    ],
)
def test_a_delineation_names_components_and_points(where: str, xs: list[float]) -> None:
    components = parsed("".join(STEMS.format(x) for x in range(4))).components
    assert [x for stroke in find_strokes(where, components) for x, _ in stroke] == xs


@pytest.mark.parametrize(
    "where", ["4", "0-4", "2-1", "-1", "", "x", "0--1", "²", "1:", "1:x", "9" * 5000, "0-" + "9" * 30]
)
def test_a_delineation_beyond_the_components_or_unreadable_is_refused(where: str) -> None:
    components = parsed("".join(STEMS.format(x) for x in range(4))).components
    with pytest.raises(BadInk) as caught:
        find_strokes(where, components)
    assert len(str(caught.value)) < 200


def test_a_segment_that_names_its_ink_again_and_again_is_refused() -> None:
    with pytest.raises(BadInk, match="over 20,000 points"):
        find_strokes(",".join(["0"] * 8000), parsed(SEVEN).components)


def test_a_file_with_too_many_components_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unipen, "MOST_COMPONENTS", 3)
    with pytest.raises(BadInk, match="over 3 components"):
        parsed(SEVEN * 4)


def test_a_drawing_is_turned_over_and_its_longer_side_becomes_1000() -> None:
    assert normalise([[[0, 100], [50, 100], [50, 100.01], [20, 0]]]) == [[[0, 0], [500, 0], [200, LENGTH]]]


@pytest.mark.parametrize("strokes", [[], [[]], [[[3, 4]]], [[[3, 4], [3, 4]]]])
def test_a_dot_has_no_extent(strokes: list) -> None:
    assert normalise(strokes) == []


def test_the_distributions_own_form_gives_digits_writers_and_donors(write: Write, folder: Path) -> None:
    write("train/include/ibm/ibm0.doc", '.VERSION 1.0\n.COORD Y X\n.ALPHABET "0"\n   "." "/"\n')
    write(
        "train/include/ibm/data/ibm0/r0011.dat",
        "\n.WRITER_ID me\n.PEN_DOWN\n\t100\t0\n\t100\t50\n\t0\t20\n.PEN_UP\n" * 2,
    )
    lines = '.VERSION 1.0\n.INCLUDE ibm/ibm0.doc\n.INCLUDE ibm/data/ibm0/r0011.dat\n.SEGMENT CHARACTER 1 ? "7"\n'
    write("train/data/1a/ibm/ibm0/r0011.dat", lines)
    write("train/data/1b/ibm/ibm0/r0011.dat", lines)
    (drawing,) = read_unipen(folder).drawings
    assert (drawing.digit, drawing.donor, drawing.writer) == (7, "ibm", "ibm/ibm0/r0011.dat")
    assert drawing.ink == [[[0, 0], [500, 0], [200, 1000]]]


@pytest.mark.parametrize("name", ["strokes.dat", "STROKES.DAT", "./strokes.dat", "..\\b\\Strokes.dat", "b/strokes.dat"])
def test_an_include_is_found_beside_the_file_and_whatever_its_case(name: str, write: Write, folder: Path) -> None:
    write("data/b/strokes.dat", SEVEN)
    write("data/b/writer.dat", f'.INCLUDE {name}\n.SEGMENT DIGIT 0 OK "7"\n')
    assert [d.writer for d in read_unipen(folder).drawings] == ["b/writer.dat"]


def test_components_are_counted_over_the_includes_in_their_order(write: Write, folder: Path) -> None:
    write("include/one.dat", STEMS.format(1) + SEVEN)
    write("include/two.dat", SEVEN + STEMS.format(2))
    write("data/a/w.dat", '.INCLUDE two.dat\n.INCLUDE one.dat\n.SEGMENT DIGIT 0 OK "7"\n.SEGMENT DIGIT 1-2 OK "1"\n')
    seven, one = read_unipen(folder).drawings
    assert (len(seven.ink), len(one.ink)) == (1, 2)
    assert one.ink[0][0] == [111, 1000]


@pytest.mark.parametrize(
    "name",
    ["w.dat", "loop.dat", "../../../etc/passwd", "/etc/passwd", "../secret.dat", "nowhere", "x" * 5000, "..", "."],
)
def test_includes_that_loop_or_lead_out_add_nothing(name: str, write: Write, folder: Path) -> None:
    write("../secret.dat", SEVEN)
    write("include/loop.dat", ".INCLUDE w.dat\n.INCLUDE loop.dat\n")
    write("data/a/w.dat", f'.INCLUDE {name}\n{SEVEN}.SEGMENT DIGIT 0 OK "7"\n.SEGMENT DIGIT 1 OK "7"\n')
    found = read_unipen(folder)
    assert (len(found.drawings), dict(found.left_out)) == (1, {"damaged segment": 1})


def test_links_that_lead_out_are_not_followed(write: Write, folder: Path) -> None:
    secret = write("../secret.dat", SEVEN + '.SEGMENT DIGIT 0 OK "7"\n')
    write("data/a/w.dat", f'{SEVEN}.INCLUDE link.dat\n.SEGMENT DIGIT 0 OK "7"\n.SEGMENT DIGIT 1 OK "7"\n')
    (folder / "data/a/link.dat").symlink_to(secret)
    found = read_unipen(folder)
    assert [d.writer for d in found.drawings] == ["a/w.dat"]
    assert dict(found.left_out) == {"damaged segment": 1}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (SEVEN + '.SEGMENT DIGIT 0-5 OK "7"', "damaged segment"),
        (".PEN_DOWN\nx y\n.PEN_UP\n" + '.SEGMENT DIGIT 0 OK "7"', "damaged segment"),
        (".PEN_DOWN\n5 5\n.PEN_UP\n" + '.SEGMENT DIGIT 0 OK "7"', "segment without extent"),
        (".PEN_DOWN\n0 0\n17 10\n.PEN_UP\n" + '.SEGMENT DIGIT 0 OK "1"', "segment that is too wide"),
        (b"\x89PNG\r\n\x1a\n\0\0\0" + bytes(range(256)), "damaged file"),
        (b".PEN_DOWN " + b"1 " * 600_000, "damaged file"),
    ],
)
def test_what_is_damaged_is_left_out_and_counted(content: str | bytes, reason: str, write: Write, folder: Path) -> None:
    write("data/a/good.dat", SEVEN + '.SEGMENT DIGIT 0 OK "7"')
    write("data/a/bad.dat", content)
    found = read_unipen(folder)
    assert [d.writer for d in found.drawings] == ["a/good.dat"]
    assert dict(found.left_out) == {reason: 1}


def test_files_that_include_too_deep_or_too_much_are_left_out(
    write: Write, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for depth in range(30):
        write(f"include/{depth}.dat", f".INCLUDE {depth + 1}.dat\n")
    write("data/a/deep.dat", ".INCLUDE 0.dat\n" + SEVEN + '.SEGMENT DIGIT 0 OK "7"')
    write("data/a/large.dat", ".INCLUDE large.txt\n" + SEVEN + '.SEGMENT DIGIT 0 OK "7"')
    write("include/large.txt", ".COMMENT much\n" * 200)
    write("data/a/w.dat", SEVEN + '.SEGMENT DIGIT 0 OK "7"')
    monkeypatch.setattr(unipen_folder, "_LARGEST", 2000)
    found = read_unipen(folder)
    assert [d.writer for d in found.drawings] == ["a/w.dat"]
    assert dict(found.left_out) == {"damaged file": 2}


def test_a_folder_that_is_missing_or_holds_no_digit_is_refused(write: Write, folder: Path) -> None:
    with pytest.raises(DataMissing, match="There is no folder"):
        read_unipen(folder)
    write("data/a/w.dat", SEVEN)
    with pytest.raises(DataMissing, match="holds no isolated digit"):
        read_unipen(folder)


def test_more_points_than_can_be_kept_are_refused(write: Write, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write("data/a/w.dat", SEVEN + '.SEGMENT DIGIT 0 OK "7"\n' * 9)
    monkeypatch.setattr(unipen_folder, "MOST_POINTS", 20)
    with pytest.raises(BadInk, match="Name a smaller folder"):
        read_unipen(folder)


def test_a_writers_first_digits_are_those_of_the_pen_digits(write: Write, folder: Path, data_folder: Path) -> None:
    """The file that the project uses was made from the distribution: this is gmd's writer alek, components 38 to 40."""
    one = (
        "77 13 77 13 78 13 79 14 80 15 82 17 83 20 85 21 87 24 89 27 92 30 93 32 95 35 96 36 98 38 99 40 100 41 100 41"
    )
    one += " 100 41 100 41 100 40 100 39 100 36 99 32 98 28 97 22 96 17 96 14 95 10 94 6 94 4 94 2 94 1 94 0 93 0 93 0"
    write("include/gmd/data/alek.dat", ".PEN_DOWN\n0 0\n.PEN_UP\n" * 38 + f".PEN_DOWN\n{one}\n.PEN_UP\n")
    write("data/1a/gmd/alek.dat", '.VERSION 1.0\n.INCLUDE gmd/data/alek.dat\n.SEGMENT CHARACTER 38 OK "1"\n')
    shared = read_ink_file(data_folder / "pen-digits" / "pen-digits.jsonl.gz")
    assert read_unipen(folder).drawings == [next(d for d in shared if d.writer == "gmd/alek.dat")]
