"""What a finished training came to."""

from collections.abc import Callable
from pathlib import Path

import pytest

from digitlab.config import Settings, TrainConfig
from digitlab.data.mine import keep
from digitlab.errors import BadConfig, UnknownName
from digitlab.jobs.assessment import assess
from digitlab.jobs.training_job import check_config, work
from digitlab.runs.run import Run

CONFIG = TrainConfig(model="softmax", data="sklearn", epochs=1, batch_size=200, learning_rate=0.01)


def trained(config: TrainConfig) -> Run:
    run = Run.create(Settings.from_environment().runs, config)
    with run.lock():
        work(run)
    return run


@pytest.fixture
def drawings() -> None:
    """A dozen drawings of the user's own, two of each of six digits."""
    for turn in range(3):
        for digit in range(6):
            ink = [[[10.0, 10.0], [100.0 + 9 * digit, 20.0 + turn], [50.0, 200.0 - 7 * digit]]]
            keep(Settings.from_environment().data, ink, digit, "Ada", 18)


def test_a_run_knows_when_to_doubt(make_run: Callable[..., Run]) -> None:
    doubt = trained(CONFIG).results["doubt"]
    assert 0.1 <= doubt["temperature"] <= 5
    assert 0 < doubt["threshold"] < 1


def test_fine_tuning_starts_from_the_other_runs_weights() -> None:
    start = trained(CONFIG)
    same = trained(CONFIG.replace(start_from=start.id, epochs=0))
    assert same.weights.read_bytes() == start.weights.read_bytes()
    fresh = trained(CONFIG.replace(epochs=0))
    assert fresh.weights.read_bytes() != start.weights.read_bytes()


def test_after_fine_tuning_the_figures_before_and_after_stand_beside_each_other(drawings: None) -> None:
    start = trained(CONFIG)
    tuned = trained(CONFIG.replace(data="sklearn+mine", start_from=start.id, epochs=2))
    results = tuned.results
    assert list(results["test"]) == list(results["before"]) == ["sklearn", "mine"]
    assert results["before"]["sklearn"] == start.results["test"]["sklearn"]
    assert results["test"]["mine"]["images"] == 6


def test_a_start_that_was_deleted_meanwhile_leaves_nothing_to_compare_with(drawings: None) -> None:
    start = trained(CONFIG)
    tuned = trained(CONFIG.replace(start_from=start.id))
    for path in sorted(start.folder.rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    assess(tuned)
    assert tuned.results["before"] == {}


def test_fine_tuning_a_model_of_another_kind_is_refused(make_run: Callable[..., Run]) -> None:
    start = make_run(model="cnn")
    with pytest.raises(BadConfig, match=f"start_from is '{start.id}', a cnn; its weights do not fit the model softmax"):
        check_config(CONFIG.replace(start_from=start.id))


def test_fine_tuning_a_run_that_does_not_exist_is_refused() -> None:
    with pytest.raises(UnknownName, match="There is no model 'nosuch'"):
        check_config(CONFIG.replace(start_from="nosuch"))


def test_drawings_are_assessed_by_collection_too(
    make_run: Callable[..., Run], pen_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIGITLAB_DATA", str(pen_folder))
    run = make_run(data="pen")
    assess(run)
    donors = run.results["donors"]["pen"]
    assert sorted(donors) == ["apa", "apb", "app"]
    assert sum(one["images"] for one in donors.values()) == 687
