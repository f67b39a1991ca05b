"""The Inside page: what it shows of a model, what the address asks for, and what it says where something is missing."""

import json
from collections.abc import Callable
from typing import Any

import pytest
import torch
from streamlit.testing.v1 import AppTest

from digitlab.figures.training import GRADIENT_NORM
from digitlab.models import build_model
from digitlab.runs.run import Run
from digitlab.runs.weights import save_weights
from tests.pages.driven_page import PAGES, STROKE, MakeModel, OpenPage

INSIDE = f"{PAGES}/inside.py"
MakeRun = Callable[..., Run]
OpenInside = Callable[..., AppTest]


@pytest.fixture
def open_inside(open_page: OpenPage) -> OpenInside:
    """The Inside page at an address: open_inside(model="cnn")."""

    def open_at(**query: str) -> AppTest:
        app = open_page().switch_page(INSIDE)
        for name, value in query.items():
            app.query_params[name] = value
        return app.run()

    return open_at


@pytest.fixture
def trained(make_model: MakeModel) -> Run:
    """A softmax model with snapshots of three epochs and their losses."""
    run = make_model("softmax", 7)
    run.snapshot(0).parent.mkdir()
    for epoch in range(4):
        weights = {name: value * epoch for name, value in build_model("softmax").state_dict().items()}
        save_weights(run.snapshot(epoch), weights, half=True)
        if epoch:
            losses = {"train_loss": 1 / epoch, "validation_loss": 0.5}
            run.append_history({"epoch": epoch, "step": epoch, **losses, "validation_accuracy": 0.5})
    return run


def films(app: AppTest) -> list[dict[str, Any]]:
    """What each film on the page was given."""
    elements = [e for e in app.get("bidi_component") if e.proto.component_name == "digitlab.film"]
    return [json.loads(element.proto.json) for element in elements]


def words(app: AppTest) -> str:
    return " ".join(element.value for element in [*app.markdown, *app.caption, *app.info, *app.warning])


def test_softmax_shows_ten_weight_images_through_the_epochs(trained: Run, open_inside: OpenInside) -> None:
    app = open_inside()
    weights, evidence = films(app)
    assert weights["captions"] == [str(digit) for digit in range(10)]
    assert weights["epochs"] == [0, 1, 2, 3]
    assert [curve["name"] for curve in weights["curves"]] == ["training", "validation"]
    assert weights["low"] == -weights["limit"]
    assert evidence["captions"] == weights["captions"]
    assert not app.exception


@pytest.mark.parametrize(("asked", "shown"), [("2", 2), ("999", 3), ("none", 0)])
def test_the_address_says_at_which_epoch(trained: Run, open_inside: OpenInside, asked: str, shown: int) -> None:
    assert films(open_inside(epoch=asked))[0]["start"] == shown


def test_the_sum_of_the_chosen_digit_is_said_in_words(make_model: MakeModel, open_inside: OpenInside) -> None:
    make_model("softmax", 7)
    assert "Together +3.00, the highest of all, so the model says 7." in words(open_inside())
    assert "for 2" in words(open_inside(digit="2"))


def test_without_snapshots_the_chosen_weights_are_shown_and_it_is_said(
    make_model: MakeModel, open_inside: OpenInside
) -> None:
    make_model("softmax", 7)
    app = open_inside()
    assert films(app)[0]["epochs"] == [0]
    assert "no snapshots of its epochs: these are the weights that it saved" in words(app)


def test_a_cnn_shows_filters_maps_and_the_filter_behind_a_map(make_run: MakeRun, open_inside: OpenInside) -> None:
    run = make_run(model="cnn")
    app = open_inside(model=run.id, layer="ReLU 2", map="5")
    first, maps, behind = films(app)
    assert (len(first["captions"]), first["height"]) == (24, 5)
    assert (len(maps["captions"]), maps["height"], maps["picked"]) == (48, 14, 5)
    assert "Filter 5 of convolution 2" in behind["title"]
    assert len(behind["captions"]) == 24
    assert not app.exception


def test_a_layer_of_another_model_is_forgotten(make_run: MakeRun, open_inside: OpenInside) -> None:
    app = open_inside(model=make_run(model="cnn-small").id, layer="ReLU 5", map="90")
    assert "Feature maps of ReLU: 16 maps of 28×28" in [film["title"] for film in films(app)]
    assert not app.warning
    assert not app.exception


def test_the_layers_are_listed_with_their_parameters(make_model: MakeModel, open_inside: OpenInside) -> None:
    make_model("softmax", 7)
    app = open_inside()
    (table,) = [e for e in app.get("bidi_component") if e.proto.component_name == "digitlab.layers"]
    assert "7,850" in table.proto.json
    assert "2 layers, 7,850 parameters." in words(app)


def test_norms_are_shown_where_they_were_recorded_and_missed_where_not(trained: Run, open_inside: OpenInside) -> None:
    app = open_inside()
    assert "norm of the gradient would be here" in words(app)
    trained.append_history({"epoch": 4, "step": 4, "validation_accuracy": 0.5, GRADIENT_NORM: 0.5})
    assert "norm of the gradient would be here" not in words(app.run())


def test_the_drawing_of_draw_is_looked_at(make_model: MakeModel, open_page: OpenPage) -> None:
    make_model("softmax", 7)
    app = open_page()
    app.session_state["pad"] = {"drawing": {"number": 1, "strokes": STROKE, "penWidth": 18}}
    app = app.run().switch_page(INSIDE).run()
    assert "This is your drawing. The model reads **7**" in words(app)


def test_without_a_drawing_a_sample_stands_in_and_it_is_said(make_model: MakeModel, open_inside: OpenInside) -> None:
    make_model("softmax", 7)
    app = open_inside(source="drawing", sample="3")
    assert "Nothing is drawn yet" in words(app)
    assert "number 3 of scikit-learn's digits" in words(app)


def test_a_damaged_model_gets_one_line(make_model: MakeModel, open_inside: OpenInside) -> None:
    make_model("softmax", 7).weights.write_bytes(b"damaged")
    app = open_inside()
    assert len(app.error) == 1
    assert not app.exception


def test_an_unknown_model_gets_one_line_and_the_first_is_shown(make_model: MakeModel, open_inside: OpenInside) -> None:
    make_model("softmax", 7)
    app = open_inside(model="nosuch")
    assert ["nosuch" in line.value for line in app.warning] == [True]
    assert app.selectbox(key="model").value == "softmax"


def test_without_any_model_the_page_says_what_will_be_there(open_inside: OpenInside) -> None:
    app = open_inside()
    assert ["Train" in line.value for line in app.info] == [True]
    assert not app.exception


def test_weights_that_are_all_zero_still_have_a_scale(make_model: MakeModel, open_inside: OpenInside) -> None:
    run = make_model("softmax", 7)
    save_weights(run.weights, {"linear.weight": torch.zeros(10, 784), "linear.bias": torch.zeros(10)})
    assert films(open_inside())[0]["limit"] == 1.0
