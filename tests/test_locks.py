import os
from pathlib import Path

import pytest
from filelock import Timeout

from digitlab.errors import NotSaved
from digitlab.locks import Lock, is_held


def test_a_lock_is_held_until_it_is_given_back(tmp_path: Path) -> None:
    file = tmp_path / "lock"
    assert not is_held(file)
    with Lock(file):
        assert is_held(file)
        with pytest.raises(Timeout):
            Lock(file).acquire(timeout=0)
    assert not is_held(file)


def test_asking_keeps_nobody_from_asking(tmp_path: Path) -> None:
    file = tmp_path / "lock"
    file.touch()
    asked = os.open(file, os.O_RDONLY)
    try:
        assert not is_held(file)
    finally:
        os.close(asked)


def test_a_lock_makes_no_folder_that_somebody_deleted(tmp_path: Path) -> None:
    lock = Lock(tmp_path / "run" / "lock")
    with pytest.raises(NotSaved, match="is gone"):
        lock.acquire()
    assert not (tmp_path / "run").exists()


def test_a_lock_file_that_cannot_be_made_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object) -> int:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr("filelock._unix.os.open", refuse)
    with pytest.raises(NotSaved, match="lock cannot be written: Read-only file system"):
        Lock(tmp_path / "lock").acquire(timeout=0)


def test_what_is_gone_is_not_held(tmp_path: Path) -> None:
    assert not is_held(tmp_path / "lock")


def test_where_there_are_no_shared_locks_it_is_asked_in_turn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("digitlab.locks.fcntl", None)
    file = tmp_path / "lock"
    assert not is_held(file)
    with Lock(file):
        assert is_held(file)
    assert not is_held(file)
