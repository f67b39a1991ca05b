from pathlib import Path

import numpy as np
import pytest

from digitlab.errors import BadRun
from digitlab.runs.evaluations import Evaluation, fingerprint_file, load_evaluation, save_evaluation


@pytest.fixture
def file(tmp_path: Path) -> Path:
    random = np.random.default_rng(0)
    evaluation = Evaluation(random.normal(size=(30, 10)), random.integers(0, 10, 30), "weights", "images")
    save_evaluation(tmp_path / "evaluations" / "mnist.npz", evaluation)
    return tmp_path / "evaluations" / "mnist.npz"


def test_an_evaluation_comes_back_as_it_was_saved(tmp_path: Path) -> None:
    logits = np.random.default_rng(1).normal(size=(5, 10)).astype(np.float32)
    save_evaluation(tmp_path / "e.npz", Evaluation(logits, np.arange(5), "abc", "def"))
    loaded = load_evaluation(tmp_path / "e.npz")
    assert (loaded.logits == logits).all()
    assert (loaded.labels == np.arange(5)).all()
    assert (loaded.labels.dtype, loaded.logits.dtype) == (np.int64, np.float32)
    assert (loaded.weights, loaded.data) == ("abc", "def")


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadRun, match=r"is missing or damaged .*Delete it; it will be computed again"):
        load_evaluation(tmp_path / "none.npz")


def test_a_damaged_file_is_refused_whatever_the_damage(file: Path) -> None:
    good, random = file.read_bytes(), np.random.default_rng(0)
    refused = 0
    for turn in range(300):
        data = bytearray(good)
        data[random.integers(len(data))] = random.integers(256)
        file.write_bytes(data[: random.integers(len(data))] if turn % 3 == 0 else data)
        try:
            load_evaluation(file)
        except BadRun:
            refused += 1
    assert refused > 150


@pytest.mark.parametrize(
    "change",
    [
        {"logits": np.zeros((3, 9))},
        {"logits": np.zeros((4, 10))},
        {"logits": np.full((3, 10), "x")},
        {"logits": np.array([None] * 3)},
        {"labels": np.array(3)},
        {"labels": np.zeros((3, 1))},
        {"labels": np.array(["a", "b", "c"])},
    ],
)
def test_foreign_arrays_are_refused(change: dict[str, np.ndarray], tmp_path: Path) -> None:
    arrays = {"logits": np.zeros((3, 10)), "labels": np.zeros(3), "weights": np.array("a"), "data": np.array("b")}
    np.savez(tmp_path / "e.npz", **{**arrays, **change})
    with pytest.raises(BadRun, match="it will be computed again"):
        load_evaluation(tmp_path / "e.npz")


def test_a_file_with_other_names_or_a_bare_array_is_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "e.npz", scores=np.zeros(3))
    np.save(tmp_path / "bare.npy", np.zeros(3))
    for name in ("e.npz", "bare.npy"):
        with pytest.raises(BadRun):
            load_evaluation(tmp_path / name)


def test_a_fingerprint_names_the_exact_content(tmp_path: Path) -> None:
    file = tmp_path / "w"
    file.write_bytes(b"abc")
    assert fingerprint_file(file) == "ba7816bf8f01cfea"  # the SHA-256 of "abc" as FIPS 180-2 gives it
    file.write_bytes(b"abd")
    assert fingerprint_file(file) != "ba7816bf8f01cfea"
