import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from digitlab.data import PartName, handwriting
from digitlab.data.exports import to_ink_file
from digitlab.data.handwriting import (
    add_drawing,
    add_from_elsewhere,
    delete_drawings,
    drawings_of_part,
    handwriting_is_here,
    relabel,
    take_back,
)
from digitlab.data.handwriting_file import MyDrawing, handwriting_file, is_told_now, my_drawings
from digitlab.errors import BadInk, DataMissing, UnknownName
from digitlab.ink.ink_file import InkLine, read_ink_file, read_ink_lines
from digitlab.ink.strokes import PEN_WIDTH, Drawing, Ink, LabelledDrawing

INK: Ink = [[[60.0, 60.0], [200.0, 60.0], [120.0, 230.5]]]


def add(folder: Path, ink: Ink = INK, digit: int = 7, writer: str = "", width: float = 18.0) -> MyDrawing:
    return add_drawing(folder, Drawing(ink=ink, pen_width=width), digit, writer)


def labelled(ink: Ink, digit: int, writer: str = "", donor: str = "", width: float = PEN_WIDTH) -> LabelledDrawing:
    return LabelledDrawing(ink=ink, pen_width=width, digit=digit, writer=writer, donor=donor)


def without_facts(one: MyDrawing) -> LabelledDrawing:
    """The drawing without its id, part and time."""
    return labelled(one.ink, one.digit, one.writer, one.donor, one.pen_width)


def slanted(n: int) -> Ink:
    return [[[60.0, 60.0], [200.0, 60.0 + n], [120.0, 230.0]]]


def add_some(folder: Path, digit: int, count: int) -> None:
    for n in range(count):
        add(folder, slanted(n), digit, "anna")


def test_an_added_drawing_comes_back_as_it_was_drawn(tmp_path: Path) -> None:
    added = add(tmp_path, INK, 7, " anna ", 21.5)
    (found,) = my_drawings(tmp_path)
    assert found == added
    assert without_facts(found) == labelled(INK, 7, "anna", width=21.5)
    assert len(found.id) == 8
    assert found.made.endswith("+00:00")


def test_the_file_is_an_ink_file_for_anyone(tmp_path: Path) -> None:
    add(tmp_path)
    assert read_ink_file(handwriting_file(tmp_path)) == [labelled(INK, 7, "me")]


def test_a_drawing_added_twice_under_one_label_is_there_once(tmp_path: Path) -> None:
    first = add_drawing(tmp_path, Drawing(ink=INK), 7, "anna", "label-1")
    again = add_drawing(tmp_path, Drawing(ink=INK), 7, "anna", "label-1")
    assert again == first
    assert my_drawings(tmp_path) == [first]


def test_a_drawing_added_again_after_another_is_not_added_either(tmp_path: Path) -> None:
    first = add_drawing(tmp_path, Drawing(ink=INK), 7, "", "label-1")
    second = add_drawing(tmp_path, Drawing(ink=slanted(1)), 1, "", "label-2")
    assert add_drawing(tmp_path, Drawing(ink=INK), 7, "", "label-1") == first
    assert my_drawings(tmp_path) == [first, second]


def test_the_same_drawing_under_two_labels_or_none_is_there_as_often(tmp_path: Path) -> None:
    for label_id in ("label-1", "label-2", "", ""):
        add_drawing(tmp_path, Drawing(ink=INK), 7, "", label_id)
    ids = [one.id for one in my_drawings(tmp_path)]
    assert len(set(ids)) == 4
    assert [len(identity) for identity in ids] == [16, 16, 8, 8]


@pytest.mark.parametrize("label_id", ["label-1", "ä\nü", "\ud800", "x" * 10**6])
def test_any_text_can_name_a_label(label_id: str, tmp_path: Path) -> None:
    first = add_drawing(tmp_path, Drawing(ink=INK), 7, "", label_id)
    assert add_drawing(tmp_path, Drawing(ink=INK), 7, "", label_id) == first
    assert my_drawings(tmp_path) == [first]


def test_two_tabs_that_add_one_label_at_once_add_it_once(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as tabs:
        made = list(tabs.map(lambda _: add_drawing(tmp_path, Drawing(ink=INK), 7, "", "label-1"), range(16)))
    assert my_drawings(tmp_path) == made[:1]
    assert {one.id for one in made} == {made[0].id}


def test_a_label_that_is_taken_back_takes_its_drawing_along_and_no_other(tmp_path: Path) -> None:
    other = add_drawing(tmp_path, Drawing(ink=INK), 7, "anna", "label-1")
    add_drawing(tmp_path, Drawing(ink=INK), 5, "anna", "label-2")
    assert take_back(tmp_path, "label-2") is True
    assert take_back(tmp_path, "label-2") is False
    assert my_drawings(tmp_path) == [other]


def test_a_label_that_stands_again_brings_its_drawing_back_once(tmp_path: Path) -> None:
    first = add_drawing(tmp_path, Drawing(ink=INK), 7, "anna", "label-1")
    take_back(tmp_path, "label-1")
    for _ in range(2):
        add_drawing(tmp_path, Drawing(ink=INK), 7, "anna", "label-1")
    (found,) = my_drawings(tmp_path)
    assert (found.id, found.part, found.ink) == (first.id, first.part, first.ink)


def test_taking_back_what_is_not_there_writes_nothing(tmp_path: Path) -> None:
    assert take_back(tmp_path, "label-1") is False
    assert list(tmp_path.iterdir()) == []


def test_a_data_folder_is_told_once_where_its_drawings_lie(tmp_path: Path) -> None:
    add(tmp_path)
    with ThreadPoolExecutor(8) as tabs:
        assert sorted(tabs.map(lambda _: is_told_now(tmp_path), range(8))) == [False] * 7 + [True]


@pytest.mark.parametrize("digit", [-1, 10, True, "7", 7.0])
def test_a_bad_digit_is_refused_and_nothing_is_added(digit: int, tmp_path: Path) -> None:
    with pytest.raises(BadInk, match="must be a whole number from 0 to 9"):
        add(tmp_path, INK, digit)
    assert my_drawings(tmp_path) == []


@pytest.mark.parametrize("ink", [[], [[]]])
def test_a_drawing_without_ink_is_refused(ink: Ink, tmp_path: Path) -> None:
    with pytest.raises(BadInk, match="no ink in the drawing"):
        add(tmp_path, ink)


@pytest.mark.parametrize("writer", ["x" * 41, "a\nb", "\u202eanna"])
def test_a_bad_writers_name_is_refused(writer: str, tmp_path: Path) -> None:
    with pytest.raises(BadInk, match="at most 40 printable characters"):
        add(tmp_path, writer=writer)


@pytest.mark.parametrize("width", [0.5, 101.0, float("nan")])
def test_a_bad_pen_width_is_refused(width: float, tmp_path: Path) -> None:
    with pytest.raises(BadInk, match="must be a number from 1 to 100"):
        add(tmp_path, width=width)


def test_the_second_fifth_and_eighth_of_a_digit_are_for_testing(tmp_path: Path) -> None:
    for _ in range(8):
        add(tmp_path)
        add(tmp_path, digit=1)
    for digit in (1, 7):
        parts = [one.part for one in my_drawings(tmp_path) if one.digit == digit]
        assert [number for number, part in enumerate(parts, start=1) if part is PartName.TEST] == [2, 5, 8]


def test_a_drawing_stays_in_its_part_when_others_go_or_it_gets_another_digit(tmp_path: Path) -> None:
    add_some(tmp_path, 7, 5)
    before = {one.id: one.part for one in my_drawings(tmp_path)}
    first, second, *_ = before
    delete_drawings(tmp_path, [first, "00000000"])
    relabel(tmp_path, second, 1)
    after = my_drawings(tmp_path)
    assert {one.id: one.part for one in after} == {name: part for name, part in before.items() if name != first}
    assert [one.digit for one in after] == [1, 7, 7, 7]


def test_a_drawing_that_is_gone_cannot_be_relabelled(tmp_path: Path) -> None:
    add(tmp_path)
    with pytest.raises(UnknownName, match="no drawing 'nosuch'"):
        relabel(tmp_path, "nosuch", 1)
    assert my_drawings(tmp_path)[0].digit == 7


def test_there_are_at_most_so_many_drawings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handwriting, "MOST_DRAWINGS", 2)
    add_some(tmp_path, 7, 2)
    with pytest.raises(BadInk, match="it holds at most 2"):
        add(tmp_path)
    with pytest.raises(BadInk, match="Delete some"):
        add_from_elsewhere(tmp_path, [InkLine(labelled(INK, 7))])
    assert len(my_drawings(tmp_path)) == 2


def test_two_tabs_that_add_at_once_lose_nothing(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as tabs:
        made = list(tabs.map(lambda n: add(tmp_path, slanted(n), n % 10).id, range(24)))
    assert sorted(one.id for one in my_drawings(tmp_path)) == sorted(made)
    assert len(set(made)) == 24


def test_imported_drawings_that_are_there_already_are_left_out(tmp_path: Path) -> None:
    add(tmp_path, writer="anna")
    drawings = [
        labelled(INK, 7, "other"),
        labelled(INK, 1, "bo"),
        labelled(slanted(5), 7, "bo"),
        labelled(INK, 1, "bo"),
    ]
    assert add_from_elsewhere(tmp_path, list(map(InkLine, drawings))) == 2
    assert add_from_elsewhere(tmp_path, list(map(InkLine, drawings))) == 0
    assert [(one.digit, one.writer) for one in my_drawings(tmp_path)] == [
        (7, "anna"),
        (1, "bo"),
        (7, "bo"),
    ]


@pytest.mark.parametrize("factor", [0.001, 0.1, 10.0, -10.0])
def test_imported_drawings_of_another_scale_are_fitted_to_the_canvas(factor: float, tmp_path: Path) -> None:
    foreign = InkLine(labelled([[[x * factor, y * factor] for x, y in INK[0]]], 7), {"pen_width": 40})
    assert add_from_elsewhere(tmp_path, [foreign]) == 1
    points = my_drawings(tmp_path)[0].ink[0]
    ys = [y for _, y in points]
    assert max(ys) - min(ys) == pytest.approx(200, abs=0.02)
    assert min(ys) == pytest.approx(40, abs=0.02)
    assert my_drawings(tmp_path)[0].pen_width == PEN_WIDTH
    assert add_from_elsewhere(tmp_path, [foreign]) == 0


def test_what_was_exported_comes_back_with_its_pens_and_parts(tmp_path: Path) -> None:
    over_the_edge = [[[60.0, 60.0], [281.5, 60.0], [120.0, 230.0]]]
    for ink, width in ((slanted(0), 10.0), (over_the_edge, 20.0), (slanted(2), 30.0)):
        add(tmp_path / "here", ink, 7, "anna", width)
    _, second, third = my_drawings(tmp_path / "here")
    (tmp_path / "some.jsonl.gz").write_bytes(to_ink_file([third, second]))
    assert add_from_elsewhere(tmp_path / "there", read_ink_lines(tmp_path / "some.jsonl.gz")) == 2
    came = my_drawings(tmp_path / "there")
    assert [(without_facts(one), one.part) for one in came] == [
        (labelled(third.ink, 7, "anna", width=30.0), PartName.TRAIN),
        (labelled(over_the_edge, 7, "anna", width=20.0), PartName.TEST),
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
    add_from_elsewhere(tmp_path, [InkLine(labelled(INK, 7), further)])
    (found,) = my_drawings(tmp_path)
    assert (found.pen_width, found.part) == (PEN_WIDTH, PartName.TRAIN)


def test_imported_drawings_that_lie_on_the_canvas_stay_as_they_are(tmp_path: Path) -> None:
    add_from_elsewhere(tmp_path, [InkLine(labelled(INK, 7, donor="school"))])
    (found,) = my_drawings(tmp_path)
    assert without_facts(found) == labelled(INK, 7, "me", "school")


def test_a_writers_name_from_elsewhere_is_mended(tmp_path: Path) -> None:
    add_from_elsewhere(tmp_path, [InkLine(labelled(INK, 7, "an\nna" + "x" * 50))])
    writer = my_drawings(tmp_path)[0].writer
    assert writer == "anna" + "x" * 36
    add(tmp_path, writer=writer)


def test_each_drawing_is_in_exactly_one_part(tmp_path: Path) -> None:
    for digit in range(4):
        add_some(tmp_path, digit, 9)
    parts = {name: drawings_of_part(tmp_path, name, 0.25) for name in PartName}
    assert [len(parts[name]) for name in PartName] == [18, 6, 12]
    together = sorted(repr(one) for part in parts.values() for one in part)
    assert together == sorted(repr(one) for one in my_drawings(tmp_path))


def test_one_more_drawing_moves_at_most_one_other_out_of_validation(tmp_path: Path) -> None:
    add_some(tmp_path, 3, 30)
    before = {repr(one) for one in drawings_of_part(tmp_path, PartName.VALIDATION, 0.2)}
    add(tmp_path, digit=3)
    after = {repr(one) for one in drawings_of_part(tmp_path, PartName.VALIDATION, 0.2)}
    assert len(before) == 4
    assert len(before - after) <= 1


def test_three_of_a_digit_are_enough_for_every_part(tmp_path: Path) -> None:
    add_some(tmp_path, 3, 3)
    assert [len(drawings_of_part(tmp_path, name, 0.01)) for name in PartName] == [1, 1, 1]


@pytest.mark.parametrize(("count", "part"), [(0, PartName.TRAIN), (1, PartName.TEST), (2, PartName.TRAIN)])
def test_an_empty_part_says_what_to_do(count: int, part: PartName, tmp_path: Path) -> None:
    add_some(tmp_path, 3, count)
    with pytest.raises(
        DataMissing, match=f"no drawing for the {part} part: there are {count} in .*Draw and label some more"
    ):
        drawings_of_part(tmp_path, part, 0.1)


def test_it_is_here_when_there_is_something_to_train_and_to_test_on(tmp_path: Path) -> None:
    assert not handwriting_is_here(tmp_path)
    add_some(tmp_path, 3, 1)
    assert not handwriting_is_here(tmp_path)
    add_some(tmp_path, 3, 1)
    assert handwriting_is_here(tmp_path)


def test_a_damaged_file_counts_as_here_so_that_reading_it_says_what_is_wrong(tmp_path: Path) -> None:
    handwriting_file(tmp_path).parent.mkdir()
    handwriting_file(tmp_path).write_text("torn")
    assert handwriting_is_here(tmp_path)


def test_adding_a_drawing_needs_no_torch() -> None:
    code = "import sys; import digitlab.data.handwriting; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_more_points_than_can_be_read_again_are_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handwriting, "MOST_POINTS", 2 * sum(map(len, INK)))
    add_drawing(tmp_path, Drawing(ink=INK), 7, "anna")
    add_drawing(tmp_path, Drawing(ink=INK), 7, "anna")
    with pytest.raises(BadInk, match=r"points of strokes\. Delete some drawings"):
        add_drawing(tmp_path, Drawing(ink=INK), 7, "anna")
    assert len(my_drawings(tmp_path)) == 2
