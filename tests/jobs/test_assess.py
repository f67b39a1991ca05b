"""What a finished training came to."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from digitlab.config import TrainConfig
from digitlab.data.dataset import load_part
from digitlab.data.handwriting import add_drawing
from digitlab.data.letters import letters_file
from digitlab.ink.strokes import Drawing
from digitlab.jobs.assess import assess
from digitlab.jobs.training_job import work
from digitlab.metrics.calibration import Doubt, fit_doubt, log_loss
from digitlab.metrics.predictions import Predictions, tempered
from digitlab.runs.run import Run
from digitlab.runs.scores import score
from digitlab.settings import Settings

CONFIG = TrainConfig(model="softmax", data="sklearn", epochs=1, batch_size=200, learning_rate=0.01)


@pytest.fixture
def settings() -> Settings:
    return Settings.from_environment()


def trained(config: TrainConfig, settings: Settings) -> Run:
    run = Run.create(settings.runs, config)
    with run.lock():
        work(run, settings)
    return run


@pytest.fixture
def drawings(settings: Settings) -> None:
    """Eighteen drawings of the user's own, three of each of six digits."""
    for turn in range(3):
        for digit in range(6):
            ink = [[[10.0, 10.0], [100.0 + 9 * digit, 20.0 + turn], [50.0, 200.0 - 7 * digit]]]
            add_drawing(settings.data, Drawing(ink=ink), digit, "Ada")


def test_a_run_knows_when_to_doubt(settings: Settings) -> None:
    doubt = trained(CONFIG, settings).results["doubt"]
    assert 0.1 <= doubt["temperature"] <= 5
    assert 0 < doubt["threshold"] < 1


def test_the_figures_are_those_of_calibrated_answers(settings: Settings) -> None:
    run = trained(CONFIG, settings)
    temperature = run.results["doubt"]["temperature"]
    assert abs(temperature - 1) > 0.05
    scores = score(run, load_part("sklearn", "test", settings.data))
    raw = Predictions(scores.logits, scores.labels)
    summary = run.results["test"]["sklearn"]
    assert summary["loss"] == pytest.approx(log_loss(tempered(raw, temperature)))
    assert summary["loss"] != pytest.approx(log_loss(raw))
    assert summary["mistakes"] == np.count_nonzero(scores.logits.argmax(1) != scores.labels)


def test_the_temperature_is_chosen_on_the_validation_part_alone(settings: Settings) -> None:
    run = trained(CONFIG, settings)
    held_out = score(run, load_part("sklearn", "validation", settings.data, CONFIG.validation_share))
    doubt = fit_doubt(Predictions(held_out.logits, held_out.labels))
    assert Doubt(**run.results["doubt"]) == doubt


@pytest.mark.long
def test_the_figures_before_are_at_the_former_runs_own_temperature(settings: Settings) -> None:
    start = trained(CONFIG, settings)
    start.write_results({**start.results, "doubt": {"temperature": 3.0, "threshold": 0.1}})
    tuned = trained(CONFIG.replace(start_from=start.id, epochs=0), settings)
    scores = score(start, load_part("sklearn", "test", settings.data))
    expected = log_loss(tempered(Predictions(scores.logits, scores.labels), 3.0))
    assert tuned.results["before"]["sklearn"]["loss"] == pytest.approx(expected)


@pytest.mark.long
def test_fine_tuning_starts_from_the_other_runs_weights(settings: Settings) -> None:
    start = trained(CONFIG, settings)
    same = trained(CONFIG.replace(start_from=start.id, epochs=0), settings)
    assert same.weights.read_bytes() == start.weights.read_bytes()
    fresh = trained(CONFIG.replace(epochs=0), settings)
    assert fresh.weights.read_bytes() != start.weights.read_bytes()


@pytest.mark.long
def test_after_fine_tuning_the_figures_before_and_after_stand_beside_each_other(
    drawings: None, settings: Settings
) -> None:
    start = trained(CONFIG, settings)
    tuned = trained(CONFIG.replace(data="sklearn+mine", start_from=start.id, epochs=2), settings)
    results = tuned.results
    assert list(results["test"]) == list(results["before"]) == ["sklearn", "mine"]
    before = results["before"]["sklearn"]
    only_before, only_after = before.pop("only_before"), before.pop("only_after")
    assert before == start.results["test"]["sklearn"]
    assert only_after - only_before == before["mistakes"] - results["test"]["sklearn"]["mistakes"]
    assert results["test"]["mine"]["images"] == 6


@pytest.mark.long
def test_a_start_that_was_deleted_meanwhile_leaves_nothing_to_compare_with(drawings: None, settings: Settings) -> None:
    start = trained(CONFIG, settings)
    tuned = trained(CONFIG.replace(start_from=start.id), settings)
    for path in sorted(start.folder.rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    assess(tuned, settings)
    assert tuned.results["before"] == {}


@pytest.mark.long
def test_drawings_are_assessed_by_collection_too(
    make_run: Callable[..., Run], pen_folder: Path, settings: Settings
) -> None:
    run = make_run(data="pen")
    assess(run, replace(settings, data=pen_folder))
    donors = run.results["donors"]["pen"]
    assert sorted(donors) == ["aga", "apa", "apb", "app", "art", "ced", "gmd", "ibm"]
    assert sum(one["images"] for one in donors.values()) == run.results["test"]["pen"]["images"] > 1000


def test_how_often_it_is_sure_of_digits_and_of_letters_is_measured(
    make_run: Callable[..., Run], pen_folder: Path, settings: Settings
) -> None:
    run = make_run(data="pen")
    assess(run, replace(settings, data=pen_folder))
    found = run.results["sureness"]
    assert found["digits"] == run.results["test"]["pen"]["images"]
    assert 0 <= found["wrong"] <= found["sure"] <= 1
    if letters_file(pen_folder):
        assert found["letters"] > 500
        assert 0 <= found["letters_sure"] <= 1
