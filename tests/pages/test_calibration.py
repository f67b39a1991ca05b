"""Every page shows a model's calibrated probabilities; Evaluate also shows them as the network gives them."""

import re
from collections.abc import Callable

import pytest
import torch
from streamlit.testing.v1 import AppTest

from digitlab.data import PartName
from digitlab.data.sklearn_digits import load_sklearn_digits
from digitlab.formats import percent
from digitlab.image.prepare import prepare_ink
from digitlab.metrics.calibration import log_loss, reliability
from digitlab.metrics.predictions import Predictions, tempered, to_csv, to_probabilities
from digitlab.models import build_model, compute_logits
from digitlab.runs.run import Run
from digitlab.runs.scores import score
from digitlab.runs.weights import load_weights
from digitlab.ui.app.readers import predictor
from tests.pages.driven_page import PAGES, STROKE, MakeModel, OpenPage, answers, draw, given

Evaluate = Callable[..., AppTest]


@pytest.fixture
def calm(make_run: Callable[..., Run]) -> Run:
    """A run whose logits are to be halved."""
    run = make_run()
    run.write_results({**run.results, "doubt": {"temperature": 2.0, "threshold": 0.0}})
    return run


@pytest.fixture
def evaluate(open_page: OpenPage) -> Evaluate:
    """The page Evaluate on scikit-learn's digits: evaluate(model="softmax")."""

    def open_at(**query: str) -> AppTest:
        app = open_page().switch_page(f"{PAGES}/evaluate.py")
        for name, value in {"data": "sklearn", **query}.items():
            app.query_params[name.replace("_", "-")] = value
        return app.run()

    return open_at


def answers_at(run: Run, temperature: float) -> Predictions:
    """From the run's saved scores, which the page shows, too."""
    scores = score(run, load_sklearn_digits(PartName.TEST, 0.1), "sklearn")
    return tempered(Predictions(scores.logits, scores.labels), temperature)


def shown_figures(app: AppTest) -> tuple[str, str]:
    """Loss and calibration error of the headline."""
    html = str(given(app, "digitlab.headline")["html"])
    figures = dict(re.findall(r"<dt.*?>(.*?)</dt><dd>(.*?)</dd>", html))
    return figures["loss"], figures["calibration error"]


def figures_of(predictions: Predictions) -> tuple[str, str]:
    return f"{log_loss(predictions):.4f}", percent(reliability(predictions).error, 2)


def test_the_headline_is_of_calibrated_answers(calm: Run, evaluate: Evaluate) -> None:
    assert shown_figures(evaluate(model=calm.id)) == figures_of(answers_at(calm, 2.0))


def test_the_headline_as_trained_is_of_the_bare_logits(calm: Run, evaluate: Evaluate) -> None:
    as_trained = figures_of(answers_at(calm, 1.0))
    assert as_trained != figures_of(answers_at(calm, 2.0))
    assert shown_figures(evaluate(model=calm.id, as_trained="True")) == as_trained


def test_the_switch_goes_into_the_address_and_back(calm: Run, evaluate: Evaluate) -> None:
    app = evaluate(model=calm.id)
    calibrated = shown_figures(app)
    app.toggle(key="as-trained").set_value(True).run()
    assert app.query_params["as-trained"] == "True"
    assert shown_figures(app) == figures_of(answers_at(calm, 1.0))
    app.toggle(key="as-trained").set_value(False).run()
    assert "as-trained" not in app.query_params
    assert shown_figures(app) == calibrated


@pytest.mark.parametrize(("as_trained", "temperature"), [("False", 2.0), ("True", 1.0)])
def test_the_predictions_taken_along_are_those_that_are_shown(
    calm: Run, evaluate: Evaluate, downloads: dict[str, Callable[[], str]], as_trained: str, temperature: float
) -> None:
    evaluate(model=calm.id, as_trained=as_trained)
    is_same = downloads["Predictions (CSV)"]() == to_csv(answers_at(calm, temperature))
    assert is_same  # compared first: pytest would take ten seconds to say where they differ


def test_draw_shows_the_calibrated_probability(calm: Run, open_page: OpenPage) -> None:
    model = build_model("softmax")
    load_weights(calm.weights, model)
    image = prepare_ink(STROKE, 18.0).image
    logits = compute_logits(model.eval(), torch.from_numpy(image[None])).numpy()
    calibrated, as_trained = (percent(float(to_probabilities(logits / heat).max())) for heat in (2.0, 1.0))
    assert calibrated != as_trained
    assert re.findall(r'class="sure">([^<]*)<', answers(draw(open_page(models=calm.id)))) == [calibrated]


def test_draw_and_evaluate_give_an_image_the_same_probability(calm: Run, evaluate: Evaluate) -> None:
    html = str(given(evaluate(model=calm.id, image="5"), "digitlab.one_image")["html"])
    (reading,) = predictor(calm.id).read_all(load_sklearn_digits(PartName.TEST, 0.1).images[5:6].numpy())
    assert f"with {percent(reading.probability)} · image 5<" in html


def test_the_temperature_stands_at_that_of_the_model_until_another_is_chosen(
    calm: Run, make_model: MakeModel, evaluate: Evaluate
) -> None:
    make_model("plain", 7)
    app = evaluate(model=calm.id, figure="calibration")
    assert app.slider(key="temperature").value == 2.0
    app.toggle(key="as-trained").set_value(True).run()
    assert app.slider(key="temperature").value == 1.0
    app.toggle(key="as-trained").set_value(False).run()
    assert app.slider(key="temperature").value == 2.0
    app.selectbox(key="model").set_value("plain").run()
    assert app.slider(key="temperature").value == 1.0
    app.slider(key="temperature").set_value(1.5).run()
    app.selectbox(key="model").set_value(calm.id).run()
    assert app.slider(key="temperature").value == 1.5
