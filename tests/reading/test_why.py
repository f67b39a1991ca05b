"""The views "why?" without a browser."""

from typing import Any

import numpy as np
import pytest
import torch

from digitlab.errors import BadInk, BadRun, UnknownName
from digitlab.ink.strokes import Drawing, Ink
from digitlab.models import compute_logits
from digitlab.reading import why
from digitlab.reading.live import SLOW, Question, ask
from digitlab.reading.parameters import Parameters
from digitlab.reading.predictor import Predictor
from digitlab.runs.run import Run
from digitlab.settings import CHECKPOINTS

SEVEN: Ink = [[[60, 60], [200, 60], [120, 230]]]
VIEWS = ("evidence", "saliency", "layers")


@pytest.fixture(scope="module")
def shipped() -> dict[str, Predictor]:
    return {name: Predictor(Run(CHECKPOINTS / name)) for name in ("softmax", "softmax-pen", "cnn", "champion")}


def asked(
    shipped: dict[str, Predictor],
    view: str,
    models: tuple[str, ...] = ("softmax", "cnn"),
    ink: Ink = SEVEN,
    **more: Any,
) -> Any:
    question = Question(Drawing(ink=ink), models, (view,), parameters=Parameters(more))
    return ask(question, shipped.__getitem__)[view]


def image_of(shipped: dict[str, Predictor]) -> np.ndarray:
    image: np.ndarray = asked(shipped, "answers").prepared.image
    return image


def test_the_evidence_adds_up_to_the_models_logits(shipped: dict[str, Predictor]) -> None:
    seen = asked(shipped, "evidence")
    logits = compute_logits(shipped["softmax"].model, torch.tensor(image_of(shipped))[None])[0].numpy()
    assert seen.digit == int(logits.argmax())
    assert seen.sum.total == pytest.approx(logits[seen.digit], abs=1e-4)
    against = asked(shipped, "evidence", digit=3, rival=8)
    assert against.sum.total == pytest.approx(logits[3] - logits[8], abs=1e-4)


def test_the_second_follows_the_drawing_and_a_digit_is_no_rival_of_itself(shipped: dict[str, Predictor]) -> None:
    seen = asked(shipped, "evidence", rival=why.SECOND)
    order = np.argsort(-seen.evidence.logits)
    assert (seen.digit, seen.rival) == (int(order[0]), int(order[1]))
    assert asked(shipped, "evidence", digit=3, rival=3).rival is None


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("ink", [[], [[[-500, -500], [-400, -400]]]])
def test_where_nothing_is_drawn_there_is_nothing_to_explain(view: str, ink: Ink, shipped: dict[str, Predictor]) -> None:
    assert asked(shipped, view, ink=ink) is None


def test_each_view_takes_the_models_that_it_suits(shipped: dict[str, Predictor]) -> None:
    every = ("softmax", "cnn", "softmax-pen", "champion")
    assert asked(shipped, "evidence", every).models == ["softmax", "softmax-pen"]
    assert asked(shipped, "saliency", every).models == asked(shipped, "layers", every).models == ["cnn", "champion"]
    assert asked(shipped, "evidence", ("cnn",)) is None
    assert asked(shipped, "saliency", ("softmax",)) is asked(shipped, "layers", ("softmax",)) is None


def test_a_model_that_cannot_be_loaded_is_passed_over(shipped: dict[str, Predictor]) -> None:
    def find(name: str) -> Predictor:
        if name == "broken":
            raise BadRun("broken is damaged. Choose another run.")
        return shipped[name]

    question = Question(Drawing(ink=SEVEN), ("broken", "cnn"), VIEWS)
    found = ask(question, find)
    assert found["evidence"] is None
    assert found["saliency"].models == found["layers"].models == ["cnn"]


@pytest.mark.parametrize("view", VIEWS)
def test_what_was_chosen_before_and_is_no_longer_there_gives_way_to_the_default(
    view: str, shipped: dict[str, Predictor]
) -> None:
    default = asked(shipped, view)
    seen = asked(shipped, view, model="gone", layer="of another model", map=9999, row=99, column=99, input=9999)
    assert seen.model == default.model
    if view == "layers":
        assert (seen.layer, seen.map, seen.row, seen.column) == (
            default.layer,
            default.map,
            default.row,
            default.column,
        )


@pytest.mark.parametrize(
    ("view", "bad"), [("evidence", {"digit": 10}), ("saliency", {"stage": "x"}), ("layers", {"map": 0.5})]
)
def test_what_no_button_sends_is_refused_in_one_line(view: str, bad: Any, shipped: dict[str, Predictor]) -> None:
    with pytest.raises(BadInk, match="must be a whole number"):
        asked(shipped, view, **bad)


def test_an_unknown_method_is_refused(shipped: dict[str, Predictor]) -> None:
    with pytest.raises(UnknownName, match=r"There is no method 'lime'\. Choose one of: integrated-gradients"):
        asked(shipped, "saliency", method="lime")


def test_saliency_explains_the_digit_that_is_answered_or_any_other(shipped: dict[str, Predictor]) -> None:
    seen = asked(shipped, "saliency", method="grad-cam")
    assert seen.digit == int(seen.logits.argmax())
    other = asked(shipped, "saliency", method="grad-cam", digit=2)
    assert other.digit == 2
    assert not np.array_equal(other.saliency.values, seen.saliency.values)


def test_occlusion_is_fine_only_for_the_drawing_for_which_that_was_asked(shipped: dict[str, Predictor]) -> None:
    coarse = asked(shipped, "saliency", method="occlusion")
    assert (coarse.stage, coarse.stages) == (0, 2)
    fine = asked(shipped, "saliency", method="occlusion", of=coarse.of, stage=1)
    assert (fine.stage, fine.of) == (1, coarse.of)
    assert fine.saliency.passes > coarse.saliency.passes
    moved = [[[x + 7 * (x > 150), y] for x, y in SEVEN[0]]]
    assert asked(shipped, "saliency", ink=moved, method="occlusion", of=coarse.of, stage=1).stage == 0
    assert asked(shipped, "saliency", method="integrated-gradients", of=coarse.of, stage=1).stage == 0


def test_no_saliency_costs_more_than_two_dozen_images_while_the_pen_moves(shipped: dict[str, Predictor]) -> None:
    costs = {method: asked(shipped, "saliency", method=method).saliency.passes for method in why.METHODS}
    assert max(costs.values()) <= 24
    assert {"saliency", "layers"} <= SLOW
    assert "evidence" not in SLOW


def test_the_maps_are_those_of_the_chosen_layer_and_a_pixel_is_taken_apart(shipped: dict[str, Predictor]) -> None:
    first = asked(shipped, "layers")
    assert first.layer.name == "convolution 1"
    assert first.maps[first.map, first.row, first.column] == first.maps.max()
    seen = asked(shipped, "layers", layer=first.layers[8].module, map=5, row=3, column=4)
    assert (seen.layer, seen.map, seen.row, seen.column) == (first.layers[8], 5, 3, 4)
    assert seen.arithmetic.value == pytest.approx(float(seen.maps[5, 3, 4]), abs=1e-4)


def test_a_chosen_map_has_the_filter_of_the_convolution_before_it(shipped: dict[str, Predictor]) -> None:
    layers = asked(shipped, "layers").layers
    pooling = next(layer for layer in layers if layer.kind == "max pooling")
    seen = asked(shipped, "layers", layer=pooling.module, map=3)
    weights = shipped["cnn"].model.get_submodule(seen.filter_of.module).weight
    assert np.array_equal(seen.kernels, weights[3].detach().numpy())
    assert asked(shipped, "layers", layer=layers[0].module).kernels is None
