"""The time machine: what a run would have read after each of its epochs."""

import dataclasses
import functools
from collections.abc import Callable

import numpy as np
import pytest
import torch

from digitlab.errors import BadRun
from digitlab.folders import make_folder
from digitlab.image.prepare import prepare_grey
from digitlab.ink.strokes import Drawing, Ink, draw_ink
from digitlab.metrics.predictions import to_probabilities
from digitlab.models import build_model, to_input
from digitlab.reading import epochs as through
from digitlab.reading.epochs import EpochReadings, operations
from digitlab.reading.live import SLOW, Question, ask
from digitlab.reading.predictor import Predictor, load_model
from digitlab.runs.run import Run
from digitlab.runs.weights import load_weights, save_weights

SEVEN: Ink = [[[60, 60], [200, 60], [120, 230]]]

MakeRun = Callable[..., Run]
FindReader = Callable[[str], Predictor]


@pytest.fixture
def find_reader() -> FindReader:
    return functools.cache(load_model)


@pytest.fixture
def train(make_run: MakeRun) -> MakeRun:
    """A run with a snapshot of other random weights for each epoch; the chosen one's are the run's."""

    def make(epochs: int = 3, chosen: int = 3, **settings: object) -> Run:
        run = make_run(**settings)
        make_folder(run.snapshot(0).parent)
        for epoch in range(epochs + 1):
            weights = build_model(run.config.model, seed=epoch).state_dict()
            save_weights(run.snapshot(epoch), weights, half=True)
            if epoch == chosen:
                save_weights(run.weights, weights)
        run.write_status(dataclasses.replace(run.status, chosen_epoch=chosen, epoch=epochs))
        run.write_results({**run.results, "doubt": {"temperature": 2.0, "threshold": 0.0}})
        return run

    return make


def question(*runs: Run, ink: Ink = SEVEN, views: tuple[str, ...] = ("epochs",)) -> Question:
    return Question(Drawing(ink=ink), [run.id for run in runs], views)


def seen(run: Run, find_reader: FindReader, ink: Ink = SEVEN) -> EpochReadings:
    found = ask(question(run, ink=ink), find_reader)["epochs"][run.id]
    assert isinstance(found, EpochReadings)
    return found


@pytest.mark.parametrize("name", ["softmax", "cnn", "softmax-pen", "cnn-mnist", "champion"])
def test_the_chosen_epoch_says_exactly_what_the_run_itself_says(name: str, find_reader: FindReader) -> None:
    value = ask(Question(Drawing(ink=SEVEN), [name], ["answers"]), find_reader)["answers"]
    found = ask(Question(Drawing(ink=SEVEN), [name], ["epochs"]), find_reader)["epochs"][name]
    row = list(found.epochs).index(found.chosen)
    assert np.array_equal(found.probabilities[row], value.readings[name].probabilities)


@pytest.mark.parametrize("model", ["softmax", "cnn-small", "cnn"])
def test_the_last_epoch_is_the_runs_own_verdict_where_it_is_the_chosen_one(
    model: str, train: MakeRun, find_reader: FindReader
) -> None:
    run = train(model=model, keep="last")
    image = prepare_grey(draw_ink(SEVEN)).image
    assert np.array_equal(seen(run, find_reader).probabilities[-1], find_reader(run.id).read(image).probabilities)


@pytest.mark.parametrize("model", ["softmax", "cnn"])
def test_every_epoch_says_what_its_snapshot_says_at_the_runs_temperature(
    model: str, train: MakeRun, find_reader: FindReader
) -> None:
    run = train(model=model, chosen=1)
    found = seen(run, find_reader)
    assert list(found.epochs) == [0, 1, 2, 3]
    assert found.chosen == 1
    image = torch.tensor(prepare_grey(draw_ink(SEVEN)).image)[None]
    for epoch in found.epochs:
        network = build_model(model).eval()
        load_weights(run.snapshot(epoch), network)
        with torch.inference_mode():
            logits = network(to_input(image)).numpy()
        assert found.probabilities[epoch] == pytest.approx(to_probabilities(logits / 2.0)[0], abs=2e-3)


def test_it_is_answered_on_the_slow_lane() -> None:
    assert "epochs" in SLOW


@pytest.mark.parametrize("ink", [[], [[[140, 140]]]])
def test_while_no_digit_is_drawn_the_epochs_are_known_and_nothing_is_read(
    ink: Ink, train: MakeRun, find_reader: FindReader
) -> None:
    found = seen(train(), find_reader, ink)
    assert list(found.epochs) == [0, 1, 2, 3]
    assert found.probabilities is None


def test_a_run_without_snapshots_is_its_chosen_epoch_alone(make_run: MakeRun, find_reader: FindReader) -> None:
    found = seen(make_run(), find_reader)
    assert len(found.epochs) == 1
    assert found.probabilities.shape == (1, 10)


def test_a_damaged_snapshot_is_that_models_one_line(train: MakeRun, find_reader: FindReader) -> None:
    good, bad = train(), train()
    bad.snapshot(2).write_bytes(b"no weights")
    found = ask(question(bad, good), find_reader)["epochs"]
    assert list(found) == [bad.id, good.id]
    assert isinstance(found[bad.id], BadRun)
    assert "0002.safetensors" in str(found[bad.id])
    assert len(found[good.id].epochs) == 4


def test_a_model_that_cannot_be_loaded_is_its_own_line(train: MakeRun) -> None:
    good, gone = train(), train()
    gone.weights.unlink()
    found = ask(question(gone, good), load_model)["epochs"]
    assert isinstance(found[gone.id], BadRun)
    assert isinstance(found[good.id], EpochReadings)


def test_an_epoch_that_has_just_been_learned_is_shown_at_the_next_look(train: MakeRun, find_reader: FindReader) -> None:
    run = train(chosen=1)
    before = seen(run, find_reader)
    save_weights(run.snapshot(4), build_model("softmax", seed=4).state_dict(), half=True)
    after = seen(run, find_reader)
    assert list(after.epochs) == [0, 1, 2, 3, 4]
    assert after.stamp != before.stamp
    assert np.array_equal(after.probabilities[:4], before.probabilities)


def test_a_rewritten_snapshot_is_read_again(train: MakeRun, find_reader: FindReader) -> None:
    run = train(chosen=1)
    before = seen(run, find_reader).probabilities[3]
    save_weights(run.snapshot(3), build_model("softmax", seed=30).state_dict(), half=True)
    assert not np.allclose(seen(run, find_reader).probabilities[3], before)


def test_what_takes_longer_than_a_glance_is_spread_and_small_models_leave_their_share(
    train: MakeRun, find_reader: FindReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(through, "MOST_OPERATIONS", 6 * operations("cnn"))
    small, large = train(12, 6), train(12, 6, model="cnn")
    found = ask(question(large, small), find_reader)["epochs"]
    assert len(found[small.id].epochs) == 13
    shown = list(found[large.id].epochs)
    assert {0, 6, 12} <= set(shown)
    assert len(shown) <= 8
    assert found[large.id].of == 13


def test_its_networks_take_a_bounded_amount_of_memory(
    train: MakeRun, find_reader: FindReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(through, "_networks", through._Networks())
    monkeypatch.setattr(through, "_MOST_BYTES", 3 * 4 * 7850)
    run = train(6, 6)
    first = seen(run, find_reader).probabilities
    assert len(through._networks._kept) == 3
    assert np.array_equal(seen(run, find_reader).probabilities, first)


def test_the_work_of_an_image_is_that_of_its_layers() -> None:
    assert operations("softmax") == 2 * 784 * 10 + 1
    assert operations("cnn-small") == 2 * (16 * 9 * 784 + 3136 * 10) + 1
    assert operations("cnn-views") == 9 * (operations("cnn-deep") - 1) + 1
