from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

import digitlab.settings
from digitlab.data.parts import Part
from digitlab.errors import BadRun
from digitlab.metrics.calibration import COLDEST, HOTTEST, Doubt
from digitlab.metrics.predictions import to_probabilities
from digitlab.models import build_model, compute_logits
from digitlab.runs import scores as scores_module
from digitlab.runs.run import Run
from digitlab.runs.scores import (
    Scores,
    calibrated,
    fingerprint_file,
    load_samples,
    load_scores,
    read_doubt,
    read_scores,
    save_samples,
    save_scores,
    score,
)
from digitlab.runs.weights import save_weights


@pytest.fixture
def file(tmp_path: Path) -> Path:
    random = np.random.default_rng(0)
    some = Scores(random.normal(size=(30, 10)), random.integers(0, 10, 30), "cnn", "weights", "images")
    save_scores(tmp_path / "evaluations" / "mnist.npz", some)
    return tmp_path / "evaluations" / "mnist.npz"


@pytest.fixture
def part(make_part: Callable[..., Part]) -> Part:
    return make_part(30)


@pytest.fixture
def computed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Gets an entry for every time that scores are really computed."""
    calls: list[int] = []

    def counted(*args: object) -> torch.Tensor:
        calls.append(1)
        return compute_logits(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(scores_module, "compute_logits", counted)
    return calls


def as_version_0_1_wrote_it(path: Path) -> None:
    """Rewrite a file of scores without the architecture's name, which version 0.1 did not write."""
    with np.load(path) as saved:
        arrays = {name: saved[name] for name in saved.files if name != "model"}
    np.savez_compressed(path, **arrays)


def test_scores_come_back_as_they_were_saved(tmp_path: Path) -> None:
    logits = np.random.default_rng(1).normal(size=(5, 10)).astype(np.float32)
    save_scores(tmp_path / "e.npz", Scores(logits, np.arange(5), "cnn", "abc", "def"))
    loaded = load_scores(tmp_path / "e.npz", "softmax")
    assert (loaded.logits == logits).all()
    assert (loaded.labels == np.arange(5)).all()
    assert (loaded.labels.dtype, loaded.logits.dtype) == (np.int64, np.float32)
    assert loaded.origin == ("cnn", "abc", "def")


def test_scores_of_version_0_1_are_those_of_the_architecture_that_reads_them(file: Path) -> None:
    before = load_scores(file, "cnn")
    as_version_0_1_wrote_it(file)
    loaded = load_scores(file, "cnn-views")
    assert (loaded.logits == before.logits).all()
    assert loaded.origin == ("cnn-views", "weights", "images")


def test_saved_scores_of_version_0_1_are_read_and_not_computed_again(
    make_run: Callable[..., Run], part: Part, computed: list[int]
) -> None:
    run = make_run()
    first = score(run, part, "mnist")
    as_version_0_1_wrote_it(run.evaluation("mnist"))
    assert (score(run, part, "mnist").logits == first.logits).all()
    assert len(computed) == 1


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadRun, match=r"none.npz cannot be read: No such file .* it will be computed again"):
        load_scores(tmp_path / "none.npz", "cnn")


def test_a_damaged_file_is_refused_whatever_the_damage(file: Path) -> None:
    good, random = file.read_bytes(), np.random.default_rng(0)
    refused = 0
    for turn in range(300):
        data = bytearray(good)
        data[random.integers(len(data))] = random.integers(256)
        file.write_bytes(data[: random.integers(len(data))] if turn % 3 == 0 else data)
        try:
            load_scores(file, "cnn")
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
    arrays = {"logits": np.zeros((3, 10)), "labels": np.zeros(3, int), "weights": np.array("a"), "data": np.array("b")}
    np.savez(tmp_path / "e.npz", **arrays)
    assert len(load_scores(tmp_path / "e.npz", "cnn").logits) == 3
    np.savez(tmp_path / "e.npz", **{**arrays, **change})
    with pytest.raises(BadRun, match="it will be computed again"):
        load_scores(tmp_path / "e.npz", "cnn")


def test_a_file_with_other_names_or_a_bare_array_is_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "e.npz", scores=np.zeros(3))
    np.save(tmp_path / "bare.npy", np.zeros(3))
    for name in ("e.npz", "bare.npy"):
        with pytest.raises(BadRun):
            load_scores(tmp_path / name, "cnn")


def test_a_fingerprint_names_the_exact_content(tmp_path: Path) -> None:
    file = tmp_path / "w"
    file.write_bytes(b"abc")
    assert fingerprint_file(file) == "ba7816bf8f01cfea"  # the SHA-256 of "abc" as FIPS 180-2 gives it
    file.write_bytes(b"abd")
    assert fingerprint_file(file) != "ba7816bf8f01cfea"


def test_scores_are_the_models_own(make_run: Callable[..., Run], part: Part) -> None:
    run = make_run()
    scores = score(run, part)
    assert scores.logits.shape == (30, 10)
    assert (scores.labels == part.labels.numpy()).all()
    assert scores.origin == ("softmax", fingerprint_file(run.weights), part.fingerprint())
    assert not (run.folder / "evaluations").exists()


def test_saved_scores_are_read_again(make_run: Callable[..., Run], part: Part, computed: list[int]) -> None:
    run = make_run()
    first, second = score(run, part, "mnist"), score(run, part, "mnist")
    assert len(computed) == 1
    assert np.allclose(first.logits, second.logits)
    assert (first.labels == second.labels).all()
    assert run.evaluation("mnist").is_file()


def test_the_same_weights_in_another_architecture_have_other_scores(
    make_run: Callable[..., Run], part: Part, computed: list[int]
) -> None:
    once, views = make_run(model="cnn-deep"), make_run(model="cnn-views")
    views.weights.write_bytes(once.weights.read_bytes())
    first, second = score(once, part), score(views, part)
    assert (first.weights, first.images) == (second.weights, second.images)
    assert first.origin != second.origin
    assert not np.allclose(first.logits, second.logits)

    save_scores(views.evaluation("mnist"), first)
    assert read_scores(views, "mnist") is None
    assert np.allclose(score(views, part, "mnist").logits, second.logits)
    assert len(computed) == 3


def test_other_weights_make_saved_scores_stale(make_run: Callable[..., Run], part: Part, computed: list[int]) -> None:
    run = make_run()
    first = score(run, part, "mnist")
    save_weights(run.weights, build_model("softmax").state_dict())
    assert read_scores(run, "mnist") is None
    second = score(run, part, "mnist")
    assert len(computed) == 2
    assert not np.allclose(first.logits, second.logits)
    assert load_scores(run.evaluation("mnist"), "softmax").weights == second.weights != first.weights


def test_other_images_or_labels_make_saved_scores_stale(
    make_run: Callable[..., Run], part: Part, computed: list[int]
) -> None:
    run = make_run()
    score(run, part, "mnist")
    score(run, Part(part.images, (part.labels + 1) % 10), "mnist")
    score(run, Part(part.images.flip(0), part.labels), "mnist")
    assert len(computed) == 3


def test_damaged_saved_scores_are_computed_again(make_run: Callable[..., Run], part: Part, computed: list[int]) -> None:
    run = make_run()
    score(run, part, "mnist")
    run.evaluation("mnist").write_bytes(b"rubbish")
    assert read_scores(run, "mnist") is None
    score(run, part, "mnist")
    assert len(computed) == 2
    load_scores(run.evaluation("mnist"), "softmax")


def test_a_run_without_saved_scores_or_weights_has_none_to_read(make_run: Callable[..., Run], part: Part) -> None:
    run = make_run()
    assert read_scores(run, "mnist") is None
    score(run, part, "mnist")
    assert read_scores(run, "mnist") is not None
    run.weights.unlink()
    assert read_scores(run, "mnist") is None


def test_a_checkpoint_is_read_but_never_written(
    make_run: Callable[..., Run], part: Part, computed: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(digitlab.settings, "CHECKPOINTS", tmp_path / "checkpoints")
    run = make_run(tmp_path / "checkpoints")
    assert len(score(run, part, "mnist").logits) == 30
    assert not (run.folder / "evaluations").exists()

    monkeypatch.setattr(digitlab.settings, "CHECKPOINTS", tmp_path / "elsewhere")
    score(run, part, "mnist")
    monkeypatch.setattr(digitlab.settings, "CHECKPOINTS", tmp_path / "checkpoints")
    score(run, part, "mnist")
    assert len(computed) == 2


def test_scores_that_cannot_be_saved_are_given_all_the_same(make_run: Callable[..., Run], part: Part) -> None:
    run = make_run()
    (run.folder / "evaluations").write_text("in the way")
    assert len(score(run, part, "mnist").logits) == 30


def test_a_run_without_weights_is_refused(make_run: Callable[..., Run], part: Part) -> None:
    run = make_run()
    run.weights.unlink()
    with pytest.raises(BadRun, match=r"has no weights yet. Wait for its first epoch"):
        score(run, part)


def test_weights_that_overflow_are_refused(make_run: Callable[..., Run], part: Part) -> None:
    run = make_run()
    save_weights(run.weights, {"linear.weight": torch.full((10, 784), 3e38), "linear.bias": torch.zeros(10)})
    with pytest.raises(BadRun, match="gives scores that are not finite"):
        score(run, part, "mnist")
    assert not run.evaluation("mnist").exists()


def test_answers_are_calibrated_by_the_runs_own_temperature(make_run: Callable[..., Run], part: Part) -> None:
    run = make_run()
    scores = score(run, part)
    assert np.allclose(calibrated(run, scores).probabilities, to_probabilities(scores.logits))
    run.write_results({**run.results, "doubt": {"temperature": 2.5, "threshold": 0.3}})
    answers = calibrated(run, scores)
    assert np.allclose(answers.probabilities, to_probabilities(scores.logits / 2.5))
    assert not np.allclose(answers.probabilities, to_probabilities(scores.logits))
    assert (answers.predicted == scores.logits.argmax(1)).all()
    assert (answers.labels == scores.labels).all()


@pytest.mark.parametrize(
    "saved",
    [
        3,
        {},
        {"temperature": 2.0},
        {"temperature": "hot", "threshold": 0.5},
        {"temperature": None, "threshold": 0.5},
        {"temperature": 0.0, "threshold": 0.5},
        {"temperature": 1e9, "threshold": 0.5},
        {"temperature": float("nan"), "threshold": 0.5},
        {"temperature": 2.0, "threshold": 1.5},
        {"temperature": 2.0, "threshold": -0.1},
    ],
)
def test_a_foreign_doubt_is_refused(saved: object, make_run: Callable[..., Run]) -> None:
    run = make_run()
    run.write_results({**run.results, "doubt": {"temperature": 2.0, "threshold": 0.5}})
    assert (read_doubt(run).temperature, read_doubt(run).threshold) == (2.0, 0.5)
    run.write_results({**run.results, "doubt": saved})
    with pytest.raises(BadRun, match=r"results\.json is damaged"):
        read_doubt(run)


def test_a_run_without_doubt_is_read_as_it_was_trained(make_run: Callable[..., Run]) -> None:
    run = make_run()
    run.write_results({**run.results, "doubt": None})
    assert read_doubt(run) == Doubt(1.0, 0.0)


@pytest.mark.parametrize(("temperature", "threshold"), [(COLDEST, 0.0), (HOTTEST, 1.0)])
def test_every_doubt_that_can_be_fitted_is_read(
    temperature: float, threshold: float, make_run: Callable[..., Run]
) -> None:
    run = make_run()
    run.write_results({"doubt": {"temperature": temperature, "threshold": np.nextafter(threshold, 2)}})
    assert read_doubt(run).temperature == temperature
    assert read_doubt(run).threshold == pytest.approx(threshold)
    assert 0 <= read_doubt(run).threshold <= 1


def test_sample_images_come_back_as_they_were_saved(make_run: Callable[..., Run], part: Part) -> None:
    run = make_run()
    assert load_samples(run) is None
    save_samples(run, part.images.numpy(), part.labels.numpy())
    found = load_samples(run)
    assert found is not None
    images, labels = found
    assert (images == part.images.numpy()).all()
    assert (labels == part.labels.numpy()).all()


@pytest.mark.parametrize(
    "arrays",
    [
        {},
        {"images": np.zeros((3, 28, 28)), "labels": np.zeros(3)},
        {"images": np.zeros((3, 28, 27), np.uint8), "labels": np.zeros(3)},
        {"images": np.zeros((3, 28, 28), np.uint8), "labels": np.zeros(2)},
        {"images": np.zeros((3, 28, 28), np.uint8), "labels": np.array(["a", "b", "c"])},
    ],
)
def test_foreign_samples_are_damaged(arrays: dict[str, np.ndarray], make_run: Callable[..., Run]) -> None:
    run = make_run()
    np.savez(run.folder / "samples.npz", **arrays)
    with pytest.raises(BadRun, match=r"samples\.npz is damaged or"):
        load_samples(run)
