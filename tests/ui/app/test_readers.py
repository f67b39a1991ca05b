"""The models that answer: loaded once, again when their files change, and what is wrong with one said each time."""

import traceback
from collections import OrderedDict
from collections.abc import Callable

import pytest
import torch

from digitlab.errors import BadRun, DigitlabError, UnknownName
from digitlab.metrics.calibration import Doubt
from digitlab.runs.run import Run
from digitlab.runs.weights import save_weights
from digitlab.ui.app import readers
from digitlab.ui.app.readers import predictor

MakeRun = Callable[..., Run]


@pytest.fixture(autouse=True)
def _nothing_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readers, "_loaded", OrderedDict())


def error_of(name: str) -> DigitlabError:
    with pytest.raises(DigitlabError) as caught:
        predictor(name)
    return caught.value


def test_a_model_is_loaded_once(make_run: MakeRun) -> None:
    run = make_run()
    assert predictor(run.id) is predictor(run.id)


def test_an_unknown_model_is_refused() -> None:
    with pytest.raises(UnknownName, match="nosuch"):
        predictor("nosuch")


def test_a_damaged_model_says_so_each_time_with_a_short_traceback_of_its_own(make_run: MakeRun) -> None:
    run = make_run()
    run.weights.write_bytes(b"damaged")
    errors = [error_of(run.id) for _ in range(20)]
    assert {type(error) for error in errors} == {BadRun}
    assert len({str(error) for error in errors}) == 1
    assert len({id(error) for error in errors}) == 20
    frames = [len(traceback.extract_tb(error.__traceback__)) for error in errors]
    assert frames == [frames[0]] * 20


def test_a_damaged_model_is_read_once_until_it_changes(make_run: MakeRun, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    load = readers._load
    monkeypatch.setattr(readers, "_load", lambda name, stamp: (read.append(name), load(name, stamp))[1])
    run = make_run()
    good = run.weights.read_bytes()
    run.weights.write_bytes(b"damaged")
    for _ in range(3):
        error_of(run.id)
    assert read == [run.id]
    run.weights.write_bytes(good)
    assert predictor(run.id).name == run.id


def test_another_calibration_is_taken_up(make_run: MakeRun) -> None:
    run = make_run()
    before = predictor(run.id)
    assert before.doubt == Doubt()
    run.write_results({**run.results, "doubt": {"temperature": 2.0, "threshold": 0.5}})
    assert predictor(run.id).doubt == Doubt(2.0, 0.5)
    assert before.doubt == Doubt()


def test_other_weights_are_taken_up(make_run: MakeRun) -> None:
    run = make_run()
    predictor(run.id)
    weights = {name: torch.zeros_like(value) for name, value in predictor(run.id).model.state_dict().items()}
    save_weights(run.weights, weights)
    assert not any(value.any() for value in predictor(run.id).model.state_dict().values())


def test_only_so_many_models_stay_loaded(make_run: MakeRun, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readers, "_MOST_LOADED", 2)
    first, second, third = (make_run().id for _ in range(3))
    one = predictor(first)
    predictor(second)
    assert predictor(first) is one  # asked for last: the other one goes
    predictor(third)
    assert list(readers._loaded) == [first, third]
