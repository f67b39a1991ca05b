from pathlib import Path

import pytest

from digitlab.errors import BadRun
from digitlab.runs.history import append_record, cut_records, history_so_far, read_history


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "history.jsonl"


def test_records_come_back_in_order(file: Path) -> None:
    records = [{"epoch": n, "train_loss": 1 / (n + 1)} for n in range(3)]
    for record in records:
        append_record(file, record)
    assert read_history(file) == records


def test_no_file_is_an_empty_history(file: Path) -> None:
    assert read_history(file) == []


@pytest.mark.parametrize("torn", ['{"epo', '{"epoch": 3, "loss": 0.', "{", "\x00\x00"])
def test_a_torn_last_line_is_dropped(torn: str, file: Path) -> None:
    append_record(file, {"epoch": 1})
    with file.open("a") as end:
        end.write(torn)
    assert read_history(file) == [{"epoch": 1}]


def test_adding_after_a_torn_line_loses_no_record(file: Path) -> None:
    append_record(file, {"epoch": 1})
    with file.open("a") as end:
        end.write('{"epoch": 2, "lo')
    append_record(file, {"epoch": 2})
    append_record(file, {"epoch": 3})
    assert [record["epoch"] for record in read_history(file)] == [1, 2, 3]


def test_a_last_line_without_its_end_is_kept(file: Path) -> None:
    file.write_text('{"epoch": 1}\n{"epoch": 2}')
    append_record(file, {"epoch": 3})
    assert [record["epoch"] for record in read_history(file)] == [1, 2, 3]


@pytest.mark.parametrize("content", [b"\xff\x00" * 5000, b"[1]\n7\nnull\n", b"\n\n\n", b"[" * 100_000])
def test_foreign_content_holds_no_records(content: bytes, file: Path) -> None:
    file.write_bytes(content)
    assert read_history(file) == []


def test_a_folder_in_the_place_of_the_file_is_an_error(file: Path) -> None:
    file.mkdir()
    with pytest.raises(BadRun, match="cannot be read: Is a directory"):
        read_history(file)


def test_cutting_keeps_the_records_up_to_and_including_a_step(file: Path) -> None:
    for record in ({"step": 4}, {"step": 8}, {"epoch": 1, "step": 8}, {"step": 12}):
        append_record(file, record)
    cut_records(file, epoch=0, step=8)
    assert read_history(file) == [{"step": 4}, {"step": 8}]
    cut_records(file, epoch=0, step=0)
    assert read_history(file) == []


def test_cutting_without_a_file_makes_none(file: Path) -> None:
    cut_records(file, epoch=1, step=8)
    assert not file.exists()


def test_a_history_grows_by_what_is_new(file: Path) -> None:
    assert history_so_far(file) == []
    append_record(file, {"step": 1})
    assert history_so_far(file) == [{"step": 1}]
    with file.open("a") as end:
        end.write('{"step": 2}\n{"step"')
    assert history_so_far(file) == [{"step": 1}, {"step": 2}]


def test_a_history_that_was_cut_is_read_anew(file: Path) -> None:
    for step in (1, 2, 3):
        append_record(file, {"step": step})
    assert len(history_so_far(file)) == 3
    cut_records(file, epoch=0, step=1)
    for step in (20, 30, 40):
        append_record(file, {"step": step})
    assert [record["step"] for record in history_so_far(file)] == [1, 20, 30, 40]


def test_a_history_that_is_gone_is_empty(file: Path) -> None:
    append_record(file, {"step": 1})
    assert history_so_far(file)
    file.unlink()
    assert history_so_far(file) == []
