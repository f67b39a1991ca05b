import os
from collections.abc import Callable
from pathlib import Path

import pytest

from digitlab.errors import NotSaved
from digitlab.jobs import storage
from digitlab.jobs.storage import check_storage


@pytest.fixture(autouse=True)
def _nothing_is_remembered() -> None:
    check_storage.cache_clear()


def test_a_folder_of_this_machine_will_do_and_keeps_nothing_of_the_check(tmp_path: Path) -> None:
    check_storage(tmp_path / "runs")
    assert list((tmp_path / "runs").iterdir()) == []


def test_a_folder_without_locks_is_refused_at_every_try(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage, "is_held", lambda _path: False)
    for _ in range(2):
        with pytest.raises(NotSaved, match=r"has no file locks\. Name a folder with locks by DIGITLAB_RUNS"):
            check_storage(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "replace",
    [
        lambda _old, _new: None,
        lambda _old, _new: (_ for _ in ()).throw(PermissionError(1, "Operation not permitted")),
    ],
)
def test_a_folder_where_no_file_takes_anothers_place_is_refused(
    replace: Callable[..., None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched, pytest.raises(NotSaved, match="DIGITLAB_RUNS"):
        patched.setattr(os, "replace", replace)
        check_storage(tmp_path)
    check_storage(tmp_path)  # what failed is tried again


def test_what_will_do_is_looked_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    check_storage(tmp_path)
    monkeypatch.setattr(storage, "is_held", lambda _path: pytest.fail("It looked again."))
    check_storage(tmp_path)
