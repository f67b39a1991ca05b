import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from digitlab.data import mine
from digitlab.data.exports import to_ink_file
from digitlab.data.ink_file import Drawing, InkLine, read_ink_file, read_ink_lines
from digitlab.data.mine import add_all, delete, keep, kept_drawings, mine_file, mine_is_here, my_drawings, relabel
from digitlab.data.part_names import PartName
from digitlab.errors import BadInk, DataMissing, NotSaved, UnknownName
from digitlab.ink import PEN_WIDTH, Ink

INK: Ink = [[[60.0, 60.0], [200.0, 60.0], [120.0, 230.5]]]


def slanted(n: int) -> Ink:
    return [[[60.0, 60.0], [200.0, 60.0 + n], [120.0, 230.0]]]


def keep_some(folder: Path, digit: int, count: int) -> None:
    for n in range(count):
        keep(folder, slanted(n), digit, "anna", 18.0)


def test_nothing_is_kept_at_first_and_nothing_is_made(tmp_path: Path) -> None:
    assert kept_drawings(tmp_path / "data") == []
    assert not (tmp_path / "data").exists()


def test_a_kept_drawing_comes_back_as_it_was_drawn(tmp_path: Path) -> None:
    made = keep(tmp_path, INK, 7, " anna ", 21.5)
    (kept,) = kept_drawings(tmp_path)
    assert kept == made
    assert kept.drawing == Drawing(INK, 7, "anna")
    assert kept.pen_width == 21.5
    assert len(kept.id) == 8
    assert kept.made.endswith("+00:00")


def test_the_file_is_an_ink_file_for_anyone(tmp_path: Path) -> None:
    keep(tmp_path, INK, 7, "", 18.0)
    assert read_ink_file(mine_file(tmp_path)) == [Drawing(INK, 7, "me")]


@pytest.mark.parametrize("digit", [-1, 10, True, "7", 7.0])
def test_a_bad_digit_is_refused_and_nothing_is_kept(digit: int, tmp_path: Path) -> None:
    with pytest.raises(BadInk, match="must be a whole number from 0 to 9"):
        keep(tmp_path, INK, digit, "", 18.0)
    assert kept_drawings(tmp_path) == []


@pytest.mark.parametrize("ink", [[], [[]]])
def test_a_drawing_without_ink_is_refused(ink: Ink, tmp_path: Path) -> None:
    with pytest.raises(BadInk, match="no ink in the drawing"):
        keep(tmp_path, ink, 7, "", 18.0)


@pytest.mark.parametrize("writer", ["x" * 41, "a\nb", "\u202eanna"])
def test_a_bad_writers_name_is_refused(writer: str, tmp_path: Path) -> None:
    with pytest.raises(BadInk, match="at most 40 printable characters"):
        keep(tmp_path, INK, 7, writer, 18.0)


@pytest.mark.parametrize("width", [0.5, 101.0, float("nan")])
def test_a_bad_pen_width_is_refused(width: float, tmp_path: Path) -> None:
    with pytest.raises(BadInk, match="choose a number from 1 to 100"):
        keep(tmp_path, INK, 7, "", width)


def test_the_second_fifth_and_eighth_of_a_digit_are_for_testing(tmp_path: Path) -> None:
    for _ in range(8):
        keep(tmp_path, INK, 7, "", 18.0)
        keep(tmp_path, INK, 1, "", 18.0)
    for digit in (1, 7):
        parts = [one.part for one in kept_drawings(tmp_path) if one.drawing.digit == digit]
        assert [place for place, part in enumerate(parts, start=1) if part is PartName.TEST] == [2, 5, 8]


def test_a_drawing_stays_in_its_part_when_others_go_or_it_gets_another_digit(tmp_path: Path) -> None:
    keep_some(tmp_path, 7, 5)
    before = {one.id: one.part for one in kept_drawings(tmp_path)}
    first, second, *_ = before
    delete(tmp_path, [first, "00000000"])
    relabel(tmp_path, second, 1)
    after = kept_drawings(tmp_path)
    assert {one.id: one.part for one in after} == {name: part for name, part in before.items() if name != first}
    assert [one.drawing.digit for one in after] == [1, 7, 7, 7]


def test_a_drawing_that_is_gone_cannot_be_relabelled(tmp_path: Path) -> None:
    keep(tmp_path, INK, 7, "", 18.0)
    with pytest.raises(UnknownName, match="no kept drawing 'nosuch'"):
        relabel(tmp_path, "nosuch", 1)
    assert kept_drawings(tmp_path)[0].drawing.digit == 7


def test_at_most_so_many_drawings_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mine, "MOST_KEPT", 2)
    keep_some(tmp_path, 7, 2)
    with pytest.raises(BadInk, match="at most 2 can be"):
        keep(tmp_path, INK, 7, "", 18.0)
    with pytest.raises(BadInk, match="Delete some first"):
        add_all(tmp_path, [InkLine(Drawing(INK, 7, ""))])
    assert len(kept_drawings(tmp_path)) == 2


def test_two_tabs_that_keep_at_once_lose_nothing(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as tabs:
        made = list(tabs.map(lambda n: keep(tmp_path, slanted(n), n % 10, "", 18.0).id, range(24)))
    assert sorted(one.id for one in kept_drawings(tmp_path)) == sorted(made)
    assert len(set(made)) == 24


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"id": "../../x"}, "id is '../../x'"),
        ({"id": None}, "id is None"),
        ({"pen_width": "wide"}, "pen_width is 'wide'"),
        ({"part": "validation"}, "part is 'validation'"),
        ({"made": 7}, "made 7"),
        ({"digit": 11}, "digit is 11"),
        ({"strokes": [[[1]]]}, "must be"),
    ],
)
def test_a_foreign_line_is_named_and_never_written_over(change: dict[str, object], words: str, tmp_path: Path) -> None:
    keep_some(tmp_path, 7, 1)
    file = mine_file(tmp_path)
    good = file.read_text()
    file.write_text(good + json.dumps({**json.loads(good), **change}) + "\n")
    content = file.read_bytes()
    with pytest.raises(BadInk, match=r"digits\.jsonl, line 2: ") as caught:
        kept_drawings(tmp_path)
    assert words in str(caught.value)
    with pytest.raises(BadInk, match="line 2"):
        keep(tmp_path, INK, 7, "", 18.0)
    assert file.read_bytes() == content


def test_a_torn_line_is_named(tmp_path: Path) -> None:
    keep_some(tmp_path, 7, 2)
    file = mine_file(tmp_path)
    file.write_bytes(file.read_bytes()[:-30])
    with pytest.raises(BadInk, match="line 2: not a JSON object"):
        kept_drawings(tmp_path)


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_full_disk_gets_one_line_and_the_old_file_stays(
    step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_some(tmp_path, 7, 2)

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(f"digitlab.files.os.{step}", fail)
        with pytest.raises(NotSaved, match=r"digits\.jsonl cannot be written: No space left on device"):
            keep(tmp_path, INK, 7, "", 18.0)
    assert len(kept_drawings(tmp_path)) == 2
    assert [path.name for path in mine_file(tmp_path).parent.iterdir() if path.suffix == ".part"] == []


def test_a_data_folder_that_is_a_file_gets_one_line(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    with pytest.raises(NotSaved, match="cannot be written: Not a directory"):
        keep(tmp_path / "data", INK, 7, "", 18.0)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    mine_file(tmp_path).mkdir(parents=True)
    with pytest.raises(BadInk, match="cannot be read: Is a directory"):
        kept_drawings(tmp_path)


def test_what_a_killed_process_left_is_swept_away(tmp_path: Path) -> None:
    keep_some(tmp_path, 7, 1)
    leftover = mine_file(tmp_path).parent / ".digits.jsonl-abc.part"
    leftover.write_text("half")
    keep_some(tmp_path, 7, 1)
    assert not leftover.exists()


def test_imported_drawings_that_are_kept_already_are_left_out(tmp_path: Path) -> None:
    keep(tmp_path, INK, 7, "anna", 18.0)
    drawings = [Drawing(INK, 7, "other"), Drawing(INK, 1, "bo"), Drawing(slanted(5), 7, "bo"), Drawing(INK, 1, "bo")]
    assert add_all(tmp_path, list(map(InkLine, drawings))) == 2
    assert add_all(tmp_path, list(map(InkLine, drawings))) == 0
    assert [(one.drawing.digit, one.drawing.writer) for one in kept_drawings(tmp_path)] == [
        (7, "anna"),
        (1, "bo"),
        (7, "bo"),
    ]


@pytest.mark.parametrize("factor", [0.001, 0.1, 10.0, -10.0])
def test_imported_drawings_of_another_scale_are_fitted_to_the_canvas(factor: float, tmp_path: Path) -> None:
    foreign = InkLine(Drawing([[[x * factor, y * factor] for x, y in INK[0]]], 7, ""), {"pen_width": 40})
    assert add_all(tmp_path, [foreign]) == 1
    points = kept_drawings(tmp_path)[0].drawing.ink[0]
    ys = [y for _, y in points]
    assert max(ys) - min(ys) == pytest.approx(200, abs=0.02)
    assert min(ys) == pytest.approx(40, abs=0.02)
    assert kept_drawings(tmp_path)[0].pen_width == PEN_WIDTH
    assert add_all(tmp_path, [foreign]) == 0


def test_what_was_exported_comes_back_with_its_pens_and_parts(tmp_path: Path) -> None:
    over_the_edge = [[[60.0, 60.0], [281.5, 60.0], [120.0, 230.0]]]
    for ink, width in ((slanted(0), 10.0), (over_the_edge, 20.0), (slanted(2), 30.0)):
        keep(tmp_path / "here", ink, 7, "anna", width)
    kept = kept_drawings(tmp_path / "here")
    (tmp_path / "some.jsonl.gz").write_bytes(to_ink_file([kept[2], kept[1]]))
    assert add_all(tmp_path / "there", read_ink_lines(tmp_path / "some.jsonl.gz")) == 2
    came = kept_drawings(tmp_path / "there")
    assert [(one.drawing, one.pen_width, one.part) for one in came] == [
        (kept[2].drawing, 30.0, PartName.TRAIN),
        (kept[1].drawing, 20.0, PartName.TEST),
    ]


@pytest.mark.parametrize(
    "further",
    [
        {"part": "test"},
        {"part": "test", "pen_width": 30},
        {"part": "validation", "pen_width": 30, "id": "00000000", "made": "today"},
        {"part": [], "pen_width": 30, "id": "00000000", "made": "today"},
        {"part": "test", "pen_width": 1e9, "id": "00000000", "made": "today"},
        {"part": "test", "pen_width": 30, "id": 7, "made": "today"},
    ],
)
def test_further_keys_of_foreign_files_that_mean_something_else_do_not_matter(
    further: dict[str, object], tmp_path: Path
) -> None:
    add_all(tmp_path, [InkLine(Drawing(INK, 7, ""), further)])
    (kept,) = kept_drawings(tmp_path)
    assert (kept.pen_width, kept.part) == (PEN_WIDTH, PartName.TRAIN)


def test_imported_drawings_that_lie_on_the_canvas_stay_as_they_are(tmp_path: Path) -> None:
    add_all(tmp_path, [InkLine(Drawing(INK, 7, "", "school"))])
    (kept,) = kept_drawings(tmp_path)
    assert kept.drawing == Drawing(INK, 7, "me", "school")


def test_a_writers_name_from_elsewhere_is_mended(tmp_path: Path) -> None:
    add_all(tmp_path, [InkLine(Drawing(INK, 7, "an\nna" + "x" * 50))])
    writer = kept_drawings(tmp_path)[0].drawing.writer
    assert writer == "anna" + "x" * 36
    keep(tmp_path, INK, 7, writer, 18.0)


def test_each_drawing_is_in_exactly_one_part(tmp_path: Path) -> None:
    for digit in range(4):
        keep_some(tmp_path, digit, 9)
    parts = {name: my_drawings(tmp_path, name, 0.25) for name in PartName}
    assert [len(parts[name]) for name in PartName] == [18, 6, 12]
    together = sorted(repr(one) for part in parts.values() for one in part)
    assert together == sorted(repr(one.drawing) for one in kept_drawings(tmp_path))


def test_one_more_drawing_moves_at_most_one_other_out_of_validation(tmp_path: Path) -> None:
    keep_some(tmp_path, 3, 30)
    before = {repr(one) for one in my_drawings(tmp_path, PartName.VALIDATION, 0.2)}
    keep(tmp_path, INK, 3, "", 18.0)
    after = {repr(one) for one in my_drawings(tmp_path, PartName.VALIDATION, 0.2)}
    assert len(before) == 4
    assert len(before - after) <= 1


def test_three_of_a_digit_are_enough_for_every_part(tmp_path: Path) -> None:
    keep_some(tmp_path, 3, 3)
    assert [len(my_drawings(tmp_path, name, 0.01)) for name in PartName] == [1, 1, 1]


@pytest.mark.parametrize(("count", "part"), [(0, PartName.TRAIN), (1, PartName.TEST), (2, PartName.TRAIN)])
def test_an_empty_part_says_what_to_do(count: int, part: PartName, tmp_path: Path) -> None:
    keep_some(tmp_path, 3, count)
    with pytest.raises(DataMissing, match=f"no drawing for the {part} part: {count} kept .*Draw and label some more"):
        my_drawings(tmp_path, part, 0.1)


def test_it_is_here_when_there_is_something_to_train_and_to_test_on(tmp_path: Path) -> None:
    assert not mine_is_here(tmp_path)
    keep_some(tmp_path, 3, 1)
    assert not mine_is_here(tmp_path)
    keep_some(tmp_path, 3, 1)
    assert mine_is_here(tmp_path)


def test_a_damaged_file_counts_as_here_so_that_reading_it_says_what_is_wrong(tmp_path: Path) -> None:
    mine_file(tmp_path).parent.mkdir()
    mine_file(tmp_path).write_text("torn")
    assert mine_is_here(tmp_path)


def test_keeping_a_drawing_needs_no_torch() -> None:
    code = "import sys; import digitlab.data.mine; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
