"""What the tests do with a page and read from it."""

import html
import json
import re
from collections.abc import Callable
from urllib.parse import parse_qsl

import torch
from streamlit.testing.v1 import AppTest

from digitlab.config import MEANINGS, TrainConfig
from digitlab.models import build_model, count_parameters
from digitlab.runs.run import Run
from digitlab.runs.weights import save_weights
from digitlab.ui.train.form import key_of

PAGES = "../../../pages"
"""The folder of the pages, as seen from the frame's, for `AppTest.switch_page`."""

STROKE = [[[60, 60], [200, 60], [120, 230]]]

MakeModel = Callable[..., Run]
OpenPage = Callable[..., AppTest]


def teach(run: Run, digit: int) -> None:
    """Give a run the weights of a model that always says this digit."""
    model = build_model("softmax")
    weights = {name: torch.zeros_like(value) for name, value in model.state_dict().items()}
    weights["linear.bias"][digit] = 3.0
    save_weights(run.weights, weights)
    run.write_results({"parameters": count_parameters(model)})


def draw(app: AppTest, strokes: object = STROKE, pen_width: object = 18) -> AppTest:
    """What the ink pad sends when strokes are drawn."""
    app.session_state["pad"] = {"drawing": {"number": 1, "strokes": strokes, "penWidth": pen_width}}
    return app.run()


def cards(app: AppTest) -> dict[str, str]:
    """Name → digit of each card; an empty digit where nothing has been read."""
    found = re.findall(r'<article [^>]*aria-label="([^"]*)" data-digit="(\d?)"', answers(app))
    return {html.unescape(name): digit for name, digit in found}


def answers(app: AppTest) -> str:
    """The HTML of the answers."""
    text = given(app, "digitlab.answers")["html"]
    assert isinstance(text, str)
    return text


def given(app: AppTest, component: str) -> dict[str, object]:
    """The data that a component of this name was given; there is one on the page."""
    (element,) = [e for e in app.get("bidi_component") if e.proto.component_name == component]
    data: dict[str, object] = json.loads(element.proto.json)
    return data


def find_button(app: AppTest, label: str) -> AppTest:
    """The first button with this label."""
    return next(button for button in app.button if button.label == label)


def follow(app: AppTest, label: str) -> AppTest:
    """Go where the link with this label leads to."""
    link = next(element.proto for element in app.get("page_link") if element.proto.label == label)
    app.switch_page(f"{PAGES}/{link.page or 'draw'}.py")
    app.query_params.clear()
    for name, value in parse_qsl(link.query_string):
        app.query_params[name] = value
    return app.run()


def captions(app: AppTest) -> str:
    """All captions, a line each."""
    return "\n".join(caption.value for caption in app.caption)


def form_of(app: AppTest) -> TrainConfig:
    """The config that the training form shows."""
    values = [app.session_state[key_of(name)] for name in MEANINGS]
    plain = ["+".join(value) if isinstance(value, list) else value for value in values]
    return TrainConfig(**dict(zip(MEANINGS, plain, strict=True)))
