from pathlib import Path

import pytest

from digitlab import files
from digitlab.errors import BadRun, NotSaved
from digitlab.files import read_bytes, read_json, write_bytes, write_json, write_text


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "folder").mkdir()
    return tmp_path / "folder" / "status.json"


def names(file: Path) -> list[str]:
    return sorted(path.name for path in file.parent.iterdir())


def test_a_file_is_replaced_whole(file: Path) -> None:
    write_text(file, "long " * 1000)
    write_text(file, "short")
    assert file.read_text() == "short"


@pytest.mark.parametrize("step", ["fsync", "replace"])
@pytest.mark.parametrize(("error", "told"), [(OSError, NotSaved), (KeyboardInterrupt, KeyboardInterrupt)])
def test_when_writing_fails_the_old_file_stays_and_nothing_else(
    step: str, error: type[BaseException], told: type[BaseException], file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_text(file, "old")

    def fail(*_: object) -> None:
        assert file.read_text() == "old"
        assert len(names(file)) == 2
        raise error("no space left")

    monkeypatch.setattr(files.os, step, fail)
    with pytest.raises(told):
        write_bytes(file, b"new")
    assert file.read_text() == "old"
    assert names(file) == ["status.json"]


def test_the_new_content_is_on_the_disk_before_it_gets_the_name(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []
    for step in ("fsync", "replace"):
        real = getattr(files.os, step)
        monkeypatch.setattr(files.os, step, lambda *a, step=step, real=real: (order.append(step), real(*a)))
    write_bytes(file, b"new")
    assert order == ["fsync", "replace"]


def test_when_renaming_fails_the_old_file_stays_and_nothing_else(file: Path) -> None:
    file.mkdir()
    with pytest.raises(NotSaved, match="directory"):
        write_text(file, "new")
    assert names(file) == ["status.json"]


def test_other_users_may_read_a_file(file: Path) -> None:
    write_text(file, "x")
    assert file.stat().st_mode & 0o777 == 0o644


def test_json_comes_back_as_it_was_written(file: Path) -> None:
    write_json(file, {"name": "Ziffern ✓", "seconds": 1.5, "list": [1, None]})
    assert read_json(file) == {"name": "Ziffern ✓", "seconds": 1.5, "list": [1, None]}
    assert names(file) == ["status.json"]


def test_what_cannot_be_json_is_not_written(file: Path) -> None:
    with pytest.raises(TypeError):
        write_json(file, {"path": object()})
    assert names(file) == []


def test_a_missing_file_is_named_with_the_reason(file: Path) -> None:
    with pytest.raises(BadRun, match=r"status\.json cannot be read: No such file or directory"):
        read_json(file)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe\x00",
        b"[" * 100_000,
        b"{'a': 1}",
        b'{"a": 1} trailing',
        b'{"a": NaN}',
        b'{"a": ' + b"1" * 5000 + b"}",
    ],
)
def test_a_file_that_is_no_json_is_called_damaged(content: bytes, file: Path) -> None:
    file.write_bytes(content)
    with pytest.raises(BadRun, match="is damaged: it is not JSON"):
        read_json(file)


@pytest.mark.parametrize("content", ["[]", "null", "7", '"text"'])
def test_json_that_is_no_object_is_called_damaged(content: str, file: Path) -> None:
    file.write_text(content)
    with pytest.raises(BadRun, match="holds no JSON object"):
        read_json(file)


def test_a_huge_file_is_refused(file: Path) -> None:
    file.write_bytes(b"1" * 1000)
    assert len(read_bytes(file, 1000)) == 1000
    file.write_bytes(b"1" * 1001)
    with pytest.raises(BadRun, match="is foreign"):
        read_bytes(file, 1000)
    with pytest.raises(BadRun, match="is foreign"):
        read_json(file, 1000)
