import json
from pathlib import Path

import pytest

from digitlab.data import PartName
from digitlab.data.handwriting_file import (
    MyDrawing,
    change_drawings,
    file_stamp,
    handwriting_file,
    my_drawings,
)
from digitlab.errors import BadInk, NotSaved


def drawing(number: int) -> MyDrawing:
    return MyDrawing(
        id=f"{number:08x}",
        ink=[[[60.0, 60.0], [200.0, 60.0 + number], [120.0, 230.5]]],
        pen_width=21.5,
        digit=7,
        writer="anna",
        donor="school",
        part=PartName.TEST,
        made="2026-01-02T03:04:05+00:00",
    )


def append(folder: Path, count: int = 1) -> None:
    change_drawings(folder, lambda present: [*present, *map(drawing, range(len(present), len(present) + count))])


def test_drawings_come_back_with_all_that_is_known_of_them(tmp_path: Path) -> None:
    append(tmp_path, 2)
    assert my_drawings(tmp_path) == [drawing(0), drawing(1)]


def test_a_change_that_fails_changes_nothing(tmp_path: Path) -> None:
    append(tmp_path)

    def fail(_present: list[MyDrawing]) -> list[MyDrawing]:
        raise BadInk("No.")

    with pytest.raises(BadInk, match=r"No\."):
        change_drawings(tmp_path, fail)
    assert my_drawings(tmp_path) == [drawing(0)]


def test_what_is_read_may_be_changed_without_harm_to_the_next_reader(tmp_path: Path) -> None:
    append(tmp_path)
    my_drawings(tmp_path).clear()
    assert my_drawings(tmp_path) == [drawing(0)]


def test_a_file_that_another_process_has_replaced_is_read_anew(tmp_path: Path) -> None:
    append(tmp_path / "one")
    append(tmp_path / "other", 2)
    before = file_stamp(tmp_path / "one")
    assert len(my_drawings(tmp_path / "one")) == 1
    handwriting_file(tmp_path / "other").replace(handwriting_file(tmp_path / "one"))
    assert file_stamp(tmp_path / "one") != before
    assert len(my_drawings(tmp_path / "one")) == 2


def test_there_is_nothing_at_first_and_nothing_is_made(tmp_path: Path) -> None:
    assert my_drawings(tmp_path / "data") == []
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"id": "../../x"}, "id is '../../x'"),
        ({"id": None}, "id is None"),
        ({"pen_width": "wide"}, "pen_width is 'wide'"),
        ({"part": "validation"}, "part is 'validation'"),
        ({"made": 7}, "made 7"),
        ({"made": "2026-01-02T03:04:05\ud800"}, "train or test, and a time"),
        ({"made": "yesterday"}, "made 'yesterday'"),
        ({"digit": 11}, "digit is 11"),
        ({"strokes": [[[1]]]}, "must be"),
    ],
)
def test_a_foreign_line_is_named_and_never_written_over(change: dict[str, object], words: str, tmp_path: Path) -> None:
    append(tmp_path)
    file = handwriting_file(tmp_path)
    good = file.read_text()
    file.write_text(good + json.dumps({**json.loads(good), **change}) + "\n")
    content = file.read_bytes()
    with pytest.raises(BadInk, match=r"digits\.jsonl, line 2: ") as caught:
        my_drawings(tmp_path)
    assert words in str(caught.value)
    with pytest.raises(BadInk, match="line 2"):
        append(tmp_path)
    assert file.read_bytes() == content


def test_a_torn_line_is_named(tmp_path: Path) -> None:
    append(tmp_path, 2)
    file = handwriting_file(tmp_path)
    file.write_bytes(file.read_bytes()[:-30])
    with pytest.raises(BadInk, match="line 2: not a JSON object"):
        my_drawings(tmp_path)


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_full_disk_gets_one_line_and_the_old_file_stays(
    step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    append(tmp_path, 2)

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(f"digitlab.files.os.{step}", fail)
        with pytest.raises(NotSaved, match=r"digits\.jsonl cannot be written: No space left on device"):
            append(tmp_path)
    assert len(my_drawings(tmp_path)) == 2
    assert [path.name for path in handwriting_file(tmp_path).parent.iterdir() if path.suffix == ".part"] == []


def test_a_data_folder_that_is_a_file_gets_one_line(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    with pytest.raises(NotSaved, match="cannot be written: Not a directory"):
        append(tmp_path / "data")


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    handwriting_file(tmp_path).mkdir(parents=True)
    with pytest.raises(BadInk, match="cannot be read: Is a directory"):
        my_drawings(tmp_path)


def test_what_a_killed_process_left_is_swept_away(tmp_path: Path) -> None:
    append(tmp_path)
    leftover = handwriting_file(tmp_path).parent / ".digits.jsonl-abc.part"
    leftover.write_text("half")
    append(tmp_path)
    assert not leftover.exists()
