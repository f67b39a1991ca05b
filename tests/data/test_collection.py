"""The class's collection, and drawings that lie apart."""

import dataclasses
from pathlib import Path

import pytest

from digitlab.access import OWNER, POINTS_EACH, NotAllowed, Quotas, Role, ShareFull, Visitor
from digitlab.classroom import Classroom
from digitlab.data import PartName
from digitlab.data.collection import add_labelled, collection_is_open, import_drawings, open_collection, take_back
from digitlab.data.dataset import DATASETS, is_here
from digitlab.data.handwriting import add_drawing
from digitlab.data.handwriting_file import my_drawings
from digitlab.errors import BadConfig, NotSaved
from digitlab.ink.ink_file import read_ink_lines
from digitlab.ink.strokes import Drawing
from digitlab.settings import Settings

ANNA, BO = Visitor(Role.PUPIL, "a" * 32), Visitor(Role.PUPIL, "b" * 32)
TEACHER = Visitor(Role.TEACHER, "c" * 32)
SEVEN = Drawing(ink=[[[60.0, 60.0], [200.0, 60.0], [120.0, 230.0]]])


@pytest.fixture
def room(tmp_path: Path) -> Settings:
    classroom = Classroom("class-code", "teacher-code", Quotas(drawings=4, pooled=2))
    return Settings(data=tmp_path / "data", runs=tmp_path / "runs", classroom=classroom)


def label(room: Settings, visitor: Visitor, name: str, pooled: bool = True) -> None:
    add_labelled(room, visitor, SEVEN, 7, name, "", pooled)


def writers(room: Settings, visitor: Visitor) -> list[str]:
    return [one.writer for one in my_drawings(room.of(visitor.hand).drawings)]


def test_each_pupil_has_drawings_of_their_own(room: Settings) -> None:
    for visitor, name in ((ANNA, "anna"), (BO, "bo"), (TEACHER, "teacher")):
        label(room, visitor, name)
    assert [writers(room, one) for one in (ANNA, BO, TEACHER)] == [["anna"], ["bo"], ["teacher"]]


def test_only_what_is_labelled_while_the_collection_is_open_is_pooled(room: Settings) -> None:
    label(room, ANNA, "before")
    open_collection(room, True)
    label(room, ANNA, "during")
    open_collection(room, False)
    label(room, ANNA, "after")
    assert writers(room, ANNA) == ["before", "during", "after"]
    assert writers(room, TEACHER) == ["during"]


def test_pupils_who_gave_no_name_are_told_apart_in_the_collection(room: Settings) -> None:
    open_collection(room, True)
    for visitor in (ANNA, BO):
        label(room, visitor, "me")
    assert writers(room, TEACHER) == ["pupil aaaa", "pupil bbbb"]
    assert writers(room, ANNA) == ["me"]


def test_a_pupil_neither_opens_the_collection_nor_closes_it(room: Settings) -> None:
    for is_open in (False, True):
        open_collection(room, is_open, TEACHER)
        with pytest.raises(NotAllowed, match="Only the teacher"):
            open_collection(room, not is_open, ANNA)
        assert collection_is_open(room) is is_open


def test_a_label_that_is_taken_back_leaves_the_collection_too(room: Settings) -> None:
    open_collection(room, True)
    for visitor in (ANNA, BO):
        add_labelled(room, visitor, SEVEN, 7, visitor.id[0], "the same name", pooled=True)
    assert take_back(room, ANNA, "the same name")
    assert [writers(room, one) for one in (ANNA, BO, TEACHER)] == [[], ["b"], ["b"]]
    assert not take_back(room, ANNA, "the same name")


def test_nothing_is_pooled_of_whom_was_not_told(room: Settings) -> None:
    open_collection(room, True)
    label(room, ANNA, "anna", pooled=False)
    assert writers(room, TEACHER) == []


def test_a_label_that_is_sent_twice_is_pooled_once_and_like_ones_of_two_pupils_twice(room: Settings) -> None:
    open_collection(room, True)
    for visitor in (ANNA, ANNA, BO):
        add_labelled(room, visitor, SEVEN, 7, "someone", "label 1", pooled=True)
    assert len(writers(room, ANNA)) == len(writers(room, BO)) == 1
    assert len(writers(room, TEACHER)) == 2


def test_a_pupil_keeps_so_many_drawings_and_no_more(room: Settings) -> None:
    for number in range(4):
        label(room, ANNA, f"anna {number}")
    with pytest.raises(NotAllowed):
        label(room, ANNA, "one too many")
    lines = read_ink_lines(b'{"digit": 1, "strokes": [[[1, 2], [3, 200]]]}\n', "file")
    with pytest.raises(NotAllowed):
        import_drawings(room, ANNA, lines)
    assert import_drawings(room, BO, lines) == 1
    assert len(writers(room, ANNA)) == 4
    assert writers(room, TEACHER) == []


def test_a_pupil_has_a_share_of_the_collection_and_the_rest_stays_for_the_others(room: Settings) -> None:
    open_collection(room, True)
    for name in ("one", "two"):
        label(room, ANNA, name)
    with pytest.raises(ShareFull, match="2 drawings"):
        label(room, ANNA, "three")
    assert writers(room, ANNA) == ["one", "two", "three"], "it is kept all the same"
    label(room, BO, "bo")
    assert writers(room, TEACHER) == ["one", "two", "bo"]


def test_a_share_counts_points_too_and_what_left_the_collection_no_more(room: Settings) -> None:
    open_collection(room, True)
    long = Drawing(ink=[[[float(number % 280), float(number // 280)] for number in range(POINTS_EACH * 2)]])
    add_labelled(room, ANNA, long, 1, "anna", "first", pooled=True)
    with pytest.raises(ShareFull, match="200 points"):
        label(room, ANNA, "second")
    assert take_back(room, ANNA, "first")
    label(room, ANNA, "third")
    assert writers(room, TEACHER) == ["third"]


def test_a_label_that_is_sent_twice_takes_one_place_of_the_share(room: Settings) -> None:
    open_collection(room, True)
    for name in ("one", "two", "two"):
        add_labelled(room, ANNA, SEVEN, 7, "anna", name, pooled=True)
    assert len(writers(room, TEACHER)) == 2


def test_a_damaged_list_of_what_is_shared_begins_anew(room: Settings) -> None:
    open_collection(room, True)
    label(room, ANNA, "one")
    (room.of(ANNA.hand).drawings / "pooled.json").write_text("[")
    label(room, ANNA, "two")
    assert writers(room, TEACHER) == ["one", "two"]


def test_on_a_computer_of_ones_own_there_is_no_collection(room: Settings) -> None:
    alone = dataclasses.replace(room, classroom=None)
    open_collection(alone, True)
    assert not collection_is_open(alone)
    add_labelled(alone, OWNER, SEVEN, 7, "me", "", pooled=True)
    assert len(my_drawings(alone.data)) == 1


def test_a_switch_that_cannot_be_written_says_so(room: Settings) -> None:
    room.data.parent.mkdir(parents=True, exist_ok=True)
    room.data.write_text("in the way")
    with pytest.raises(NotSaved, match="collection"):
        open_collection(room, True)


def test_mine_is_the_visitors_and_everything_else_is_shared(room: Settings) -> None:
    for number in range(6):
        add_drawing(room.of(ANNA.hand).drawings, SEVEN, number % 2, "anna")
    anna, bo = room.of(ANNA.hand).folders, room.of(BO.hand).folders
    assert is_here("mine", anna)
    assert not is_here("mine", bo)
    assert not is_here("mine", room.folders)
    assert len(DATASETS["mine"].load_drawings(anna, PartName.TEST, 0.1)) == 2
    (room.data / "pen-digits").mkdir(parents=True)
    (room.data / "pen-digits" / "pen-digits.jsonl.gz").touch()
    assert all(DATASETS["pen"].is_here(where) for where in (anna, bo, room.data))


@pytest.mark.parametrize("hand", ["..", "../../etc", "a" * 31, "A" * 32, "a/b"])
def test_only_a_visitor_id_becomes_a_folder(room: Settings, hand: str) -> None:
    with pytest.raises(BadConfig):
        room.of(hand)
