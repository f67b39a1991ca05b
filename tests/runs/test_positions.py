"""Saved maps: read again as long as all that made them is the same."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from digitlab.models import build_model
from digitlab.runs import positions
from digitlab.runs.arrays import save_arrays
from digitlab.runs.positions import positions_file, read_positions, save_positions
from digitlab.runs.run import Run
from digitlab.runs.weights import save_weights

POINTS = np.random.default_rng(0).normal(0, 30, (50, 2)).astype(np.float32)


@pytest.fixture
def run(make_run: Callable[..., Run]) -> Run:
    return make_run()


@pytest.fixture
def path(run: Run, tmp_path: Path) -> Path:
    path = positions_file(run, tmp_path / "runs", "mnist")
    save_positions(path, run, "images", POINTS)
    return path


def test_a_map_lies_with_its_run_and_is_read_again(run: Run, path: Path) -> None:
    assert path == run.folder / "maps" / "mnist-tsne.npz"
    found = read_positions(path, run, "images", 50)
    assert found is not None
    assert np.array_equal(found, POINTS)


def test_a_checkpoints_map_lies_in_the_folder_of_runs(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("digitlab.settings.CHECKPOINTS", run.folder.parent)
    assert positions_file(run, tmp_path, "mnist") == tmp_path / ".maps" / f"{run.id}-mnist-tsne.npz"


def test_other_images_or_weights_or_another_version_need_another_map(
    run: Run, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert read_positions(path, run, "others", 50) is None
    assert read_positions(path, run, "images", 49) is None
    with monkeypatch.context() as patch:
        patch.setattr(positions, "VERSION", 2)
        assert read_positions(path, run, "images", 50) is None
    save_weights(run.weights, build_model("softmax", seed=9).state_dict())
    assert read_positions(path, run, "images", 50) is None


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x03\x04 torn"])
def test_a_damaged_file_counts_as_none(content: bytes, run: Run, path: Path) -> None:
    path.write_bytes(content)
    assert read_positions(path, run, "images", 50) is None


def test_a_file_with_other_arrays_counts_as_none(run: Run, path: Path) -> None:
    save_arrays(path, points=POINTS)
    assert read_positions(path, run, "images", 50) is None
    save_arrays(path, points=np.zeros((50, 3)))
    assert read_positions(path, run, "images", 50) is None


def test_points_that_are_no_numbers_count_as_none(run: Run, path: Path) -> None:
    save_positions(path, run, "images", np.full((50, 2), np.nan))
    assert read_positions(path, run, "images", 50) is None
