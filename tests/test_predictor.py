from collections.abc import Callable

import numpy as np
import pytest
import torch

from digitlab.errors import BadRun, UnknownName
from digitlab.models import build_model, to_input
from digitlab.predictor import Predictor, load_predictor
from digitlab.runs.run import Run
from digitlab.runs.weights import load_weights

IMAGE = np.random.default_rng(0).integers(0, 256, (28, 28)).astype(np.uint8)


def test_a_reading_is_the_softmax_of_the_models_logits(make_run: Callable[..., Run]) -> None:
    run = make_run()
    reading = Predictor(run).read(IMAGE)
    model = build_model("softmax")
    load_weights(run.weights, model)
    expected = torch.softmax(model(to_input(torch.tensor(IMAGE)[None]))[0], 0).detach().numpy()
    assert reading.probabilities == pytest.approx(expected, abs=1e-5)
    assert reading.digit == expected.argmax()
    assert reading.milliseconds > 0


@pytest.mark.parametrize(("model", "parameters"), [("softmax", 7850), ("cnn", None)])
def test_a_predictor_knows_its_name_and_parameters(
    model: str, parameters: int | None, make_run: Callable[..., Run]
) -> None:
    run = make_run(model=model)
    predictor = load_predictor(run.id)
    assert predictor.name == run.id
    assert predictor.parameters == (parameters or run.results["parameters"])


def test_reading_twice_gives_the_same_and_dropout_is_off(make_run: Callable[..., Run]) -> None:
    predictor = Predictor(make_run(model="cnn", dropout=0.9))
    first, second = predictor.read(IMAGE), predictor.read(IMAGE)
    assert (first.probabilities == second.probabilities).all()
    assert not predictor.model.training


def test_a_read_only_image_can_be_read(make_run: Callable[..., Run]) -> None:
    image = IMAGE.copy()
    image.flags.writeable = False
    assert Predictor(make_run()).read(image).probabilities.sum() == pytest.approx(1)


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(UnknownName, match="There is no model 'nobody'"):
        load_predictor("nobody")


def test_a_run_without_weights_is_refused(make_run: Callable[..., Run]) -> None:
    run = make_run()
    run.weights.unlink()
    with pytest.raises(BadRun, match="cannot be read: No such file"):
        load_predictor(run.id)


def test_a_temperature_above_one_makes_it_less_sure_and_keeps_the_answer(make_run: Callable[..., Run]) -> None:
    run = make_run()
    plain = Predictor(run).read(IMAGE)
    run.write_results({**run.results, "doubt": {"temperature": 4.0, "threshold": 0.0}})
    warm = Predictor(run).read(IMAGE)
    assert warm.digit == plain.digit
    assert warm.probabilities.max() < plain.probabilities.max()
    assert warm.sure


def test_below_the_threshold_it_is_not_sure(make_run: Callable[..., Run]) -> None:
    run = make_run()
    highest = float(Predictor(run).read(IMAGE).probabilities.max())
    for threshold, sure in ((highest - 1e-6, True), (highest + 1e-6, False)):
        run.write_results({"doubt": {"temperature": 1.0, "threshold": threshold}})
        assert Predictor(run).read(IMAGE).sure is sure


@pytest.mark.parametrize(
    "doubt", [None, {}, [], "x", {"temperature": 0, "threshold": 2}, {"temperature": "a", "threshold": 0.5}]
)
def test_foreign_figures_of_doubt_count_as_none(doubt: object, make_run: Callable[..., Run]) -> None:
    run = make_run()
    run.write_results({"doubt": doubt})
    assert Predictor(run).read(IMAGE).sure


def test_many_images_are_read_at_once_as_one_by_one(make_run: Callable[..., Run]) -> None:
    predictor = Predictor(make_run())
    images = np.stack([IMAGE, 255 - IMAGE])
    for one, image in zip(predictor.read_all(images), images, strict=True):
        assert one.probabilities == pytest.approx(predictor.read(image).probabilities, abs=1e-6)
