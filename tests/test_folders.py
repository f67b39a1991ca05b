import os
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from digitlab.errors import NotSaved
from digitlab.folders import make_folder, move_folder, remove_folder, scratch_folder, sweep


def test_what_is_built_is_hidden_until_it_is_moved_to_its_name(tmp_path: Path) -> None:
    with scratch_folder(tmp_path / "runs") as scratch:
        assert scratch.name.startswith(".")
        (scratch / "new").mkdir()
        (scratch / "new" / "file").write_text("whole")
        move_folder(scratch / "new", tmp_path / "runs" / "new")
    assert [path.name for path in (tmp_path / "runs").iterdir()] == ["new"]


def test_what_is_not_finished_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), scratch_folder(tmp_path) as scratch:
        (scratch / "half").mkdir()
        raise ZeroDivisionError
    assert list(tmp_path.iterdir()) == []


def test_a_sweep_removes_what_a_killed_process_left_but_nothing_that_is_being_built(tmp_path: Path) -> None:
    left = tmp_path / ".left.part"
    (left / "run").mkdir(parents=True)
    (tmp_path / ".queue").mkdir()
    with scratch_folder(tmp_path) as scratch:
        assert not left.exists()
        sweep(tmp_path)
        assert scratch.is_dir()
        with scratch_folder(tmp_path):
            assert scratch.is_dir()
    assert [path.name for path in tmp_path.iterdir()] == [".queue"]


@pytest.mark.skipif(os.name == "nt", reason="Windows removes no lock file that is open")
def test_a_folder_that_is_taken_while_a_sweep_removes_it_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, remove, taken = tmp_path / ".new.part", shutil.rmtree, []
    folder.mkdir()

    def removed_while_another_takes_it(path: Path, **how: Any) -> None:
        if not taken:  # the lock file goes first; then, before the folder goes, its maker is here
            (path / ".held").unlink()
            taken.append(FileLock(path / ".held").acquire(timeout=0))
            (path / "run").mkdir()
            with suppress(OSError):
                path.rmdir()
        else:
            remove(path, **how)

    monkeypatch.setattr(shutil, "rmtree", removed_while_another_takes_it)
    sweep(tmp_path)
    assert taken
    assert (folder / "run").is_dir()
    sweep(tmp_path)
    assert (folder / "run").is_dir(), "its maker holds it"


def test_deleting_a_folder_also_removes_what_a_killed_deletion_left(tmp_path: Path) -> None:
    for name in (".run.part", "run", "other"):
        (tmp_path / name / "deep").mkdir(parents=True)
    remove_folder(tmp_path / "run")
    assert [path.name for path in tmp_path.iterdir()] == ["other"]


def test_a_name_that_is_taken_is_not_replaced(tmp_path: Path) -> None:
    for name in ("new", "old"):
        (tmp_path / name / "deep").mkdir(parents=True)
    with pytest.raises(NotSaved, match="old cannot be written: Directory not empty"):
        move_folder(tmp_path / "new", tmp_path / "old")
    assert (tmp_path / "new").is_dir()


def test_a_folder_is_made_only_where_its_parent_is(tmp_path: Path) -> None:
    make_folder(tmp_path / "one")
    make_folder(tmp_path / "one")
    with pytest.raises(NotSaved, match="No such file or directory"):
        make_folder(tmp_path / "deleted" / "one")
    assert not (tmp_path / "deleted").exists()
