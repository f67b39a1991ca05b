from pathlib import Path

import pytest

from digitlab import files
from digitlab.files import write_bytes, write_text


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
@pytest.mark.parametrize("error", [OSError, KeyboardInterrupt])
def test_when_writing_fails_the_old_file_stays_and_nothing_else(
    step: str, error: type[BaseException], file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_text(file, "old")

    def fail(*_: object) -> None:
        assert file.read_text() == "old"
        assert len(names(file)) == 2
        raise error("no space left")

    monkeypatch.setattr(files.os, step, fail)
    with pytest.raises(error):
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
    with pytest.raises(OSError, match="directory"):
        write_text(file, "new")
    assert names(file) == ["status.json"]


def test_other_users_may_read_a_file(file: Path) -> None:
    write_text(file, "x")
    assert file.stat().st_mode & 0o777 == 0o644
