import json
from collections.abc import Callable
from pathlib import Path

import pytest

import digitlab.settings
from digitlab.config import TrainConfig
from digitlab.errors import BadRun
from digitlab.runs.archive import pack_run, unpack_run
from digitlab.runs.robustness import (
    Robustness,
    RobustnessCurve,
    load_robustness,
    read_robustness,
    robustness_files,
    save_robustness,
)
from digitlab.runs.run import Run
from digitlab.runs.scores import origin_of

CURVE = RobustnessCurve(1, (0.0, 2.0), (9, 5), 10)
VERSIONS = {"noise": 1}


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    return tmp_path / "runs"


@pytest.fixture
def run(make_run: Callable[..., Run]) -> Run:
    return make_run()


def saved(run: Run, runs: Path) -> Robustness:
    found = Robustness(*origin_of(run, "images"), {"noise": CURVE})
    save_robustness(run, "mnist", runs, found)
    return found


def read(run: Run, runs: Path, images: str = "images", versions: dict[str, int] = VERSIONS) -> Robustness:
    return read_robustness(run, "mnist", runs, origin_of(run, images), versions)


def test_accuracies_and_intervals_are_those_of_the_counts() -> None:
    assert CURVE.accuracies == [0.9, 0.5]
    low, high = CURVE.intervals[1]
    assert (low, high) == (pytest.approx(0.2366, abs=1e-4), pytest.approx(0.7634, abs=1e-4))  # Wilson, 5 of 10


def test_what_is_kept_with_a_run_is_read_again(run: Run, runs: Path) -> None:
    assert saved(run, runs) == read(run, runs)
    assert (run.folder / "robustness" / "mnist.json").is_file()


def test_another_disturbance_is_added_and_keeps_the_first(run: Run, runs: Path) -> None:
    save_robustness(run, "mnist", runs, saved(run, runs).with_curve("blur", CURVE))
    assert list(read(run, runs, versions={"noise": 1, "blur": 1}).curves) == ["noise", "blur"]


def test_other_weights_images_or_disturbances_have_none(run: Run, runs: Path, make_run: Callable[..., Run]) -> None:
    saved(run, runs)
    assert not read(run, runs, images="others").curves
    assert not read(run, runs, versions={"noise": 2}).curves
    run.weights.write_bytes(make_run().weights.read_bytes())
    assert not read(run, runs).curves


def test_a_checkpoint_is_not_written_to_and_its_own_curves_are_read_too(
    runs: Path, tmp_path: Path, make_run: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(digitlab.settings, "CHECKPOINTS", tmp_path / "checkpoints")
    made = make_run(tmp_path / "checkpoints")
    checkpoint = Run(made.folder.rename(tmp_path / "checkpoints" / "cnn"))
    saved(checkpoint, runs)
    assert not (checkpoint.folder / "robustness").exists()
    beside, shipped = robustness_files(checkpoint, "mnist", runs)
    assert beside == runs / ".robustness" / "cnn" / "mnist.json"
    assert read(checkpoint, runs).curves == {"noise": CURVE}
    shipped.parent.mkdir()
    beside.rename(shipped)
    assert read(checkpoint, runs).curves == {"noise": CURVE}


def test_a_run_without_weights_says_so(runs: Path) -> None:
    with pytest.raises(BadRun, match="has no weights yet"):
        origin_of(Run.create(runs, TrainConfig()), "images")


def test_curves_travel_in_an_archive(run: Run, runs: Path) -> None:
    found = saved(run, runs)
    assert read(unpack_run(pack_run(run), runs), runs) == found


@pytest.mark.parametrize(
    ("place", "value", "line"),
    [
        ("format", 2, "format is 2; it must be a whole number from 1 to 1"),
        ("weights", None, "weights is missing"),
        ("curves", {"noise": {}}, "curves.noise.version is missing"),
        ("curves", {"../x": {}}, "it must be a disturbance's name"),
        ("amounts", [0, 0], "rising"),
        ("amounts", [1e40], "it must be a number"),
        ("amounts", [], "rising, and one at least"),
        ("right", [1], "it must be 2 numbers of at most 10 images"),
        ("right", [1, 11], "it must be 2 numbers of at most 10 images"),
        ("right", [1, -1], "it must be a whole number from 0"),
        ("images", 0, "images is 0"),
    ],
)
def test_a_foreign_file_is_refused_in_one_line(run: Run, runs: Path, place: str, value: object, line: str) -> None:
    saved(run, runs)
    path = run.folder / "robustness" / "mnist.json"
    content = json.loads(path.read_text())
    holder = content["curves"]["noise"] if place in ("amounts", "right", "images") else content
    holder[place] = value
    path.write_text(json.dumps(content))
    for look in (lambda: load_robustness(path), lambda: read(run, runs), lambda: unpack_run(pack_run(run), runs)):
        with pytest.raises(BadRun) as refused:
            look()
        assert line in str(refused.value)
        assert "\n" not in str(refused.value)
