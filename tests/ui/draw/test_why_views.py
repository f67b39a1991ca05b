"""The views "why?" as HTML: what is shown adds up, every answer is small, and nothing from outside is markup."""

import json
import re
from typing import Any

import pytest
import torch

from digitlab.settings import CHECKPOINTS
from digitlab.ui.app.live_messages import answer_all
from tests.browser.drawing_page import TRAJECTORIES

SLOW = ("saliency", "layers")
LARGEST = 60_000
"""Bytes of an answer."""


def ask(view: str, model: str = "cnn", drawn: str = "3", title: str = "", **parameters: Any) -> dict[str, Any]:
    """A view's value as the browser gets it."""
    drawing = {"strokes": TRAJECTORIES[drawn], "penWidth": 18, "width": 280}
    wish = {"element": view, "view": view, "models": [[model, title or model, "#4477AA"]], "parameters": parameters}
    (text,) = answer_all(
        [json.dumps({"number": 1, "drawing": drawing, "show": [wish]})], "slow" if view in SLOW else "quick"
    )
    assert len(text) < LARGEST
    shown: dict[str, Any] = json.loads(text)["shown"][view]
    return shown


def table(html: str) -> list[list[str]]:
    """The cells of the sum, row by row, as text."""
    (body,) = re.findall(r'<table class="sum">.*?<tbody>(.*?)</tbody>', html)
    cells = [re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row) for row in re.findall("<tr.*?</tr>", body)]
    return [[re.sub("<[^>]*>", "", cell) for cell in row] for row in cells]


def hundredths(text: str) -> int:
    return round(100 * float(text.replace("−", "-")))


@pytest.mark.parametrize("drawn", sorted(TRAJECTORIES))
@pytest.mark.parametrize("parameters", [{}, {"whole": True}, {"digit": 3, "rival": -2}])
def test_the_shown_parts_add_up_to_the_shown_logit(drawn: str, parameters: dict[str, Any]) -> None:
    *parts, (name, total) = table(ask("evidence", "softmax", drawn, **parameters)["html"])
    assert sum(hundredths(cells[-1]) for cells in parts) == hundredths(total)
    assert name.startswith("the logit of")
    for _, ink, weight, product in (cells for cells in parts if len(cells) == 4):
        exact = float(ink) * float(weight.replace("−", "-"))
        assert hundredths(product) / 100 == pytest.approx(exact, abs=0.016)  # a weight is rounded, too


def test_all_pixels_with_ink_can_be_listed() -> None:
    html = ask("evidence", "softmax", whole=True)["html"]
    (number,) = re.findall(r"(\d+) of 784 pixels have ink", html)
    assert sum(cells[0].startswith("row") for cells in table(html)) == int(number)
    assert not any("other" in cells[0] for cells in table(html))


def test_why_one_digit_and_not_another_is_said() -> None:
    html = ask("evidence", "softmax", title="softmax", digit=3, rival=8)["html"]
    assert "Why 3 and not 8?" in html
    assert "the logit of 3 minus that of 8" in html


@pytest.mark.parametrize("model", [path.name for path in CHECKPOINTS.iterdir() if path.name.startswith("c")])
def test_every_layer_of_every_shipped_network_fits_into_an_answer_and_adds_up(model: str) -> None:
    html = ask("layers", model)["html"]
    for layer in re.findall(r'<option value="([^"]+)"', html):
        shown = ask("layers", model, layer=layer)["html"]
        assert f'<option value="{layer}" selected' in shown
        if '<table class="sum">' in shown:
            *parts, (_, total) = table(shown)
            assert sum(hundredths(cells[-1]) for cells in parts) == hundredths(total)
            tip = re.findall(r'<p class="tip"[^>]*>[^<]*: ([^<]*)</p>', shown)
            assert abs(hundredths(tip[0]) - hundredths(total)) <= 1


def test_products_add_up_to_what_their_input_map_gives() -> None:
    html = ask("layers", "cnn", layer="features.1.0", map=3, row=6, column=10, input=5)["html"]
    (products,) = re.findall(r"<caption>products</caption>(.*?)</table>", html)
    total = sum(hundredths(cell) for cell in re.findall("<td>(.*?)</td>", products))
    assert [hundredths(part) for name, part in table(html) if name == "input map 5"] == [total]


@pytest.mark.parametrize("method", ["integrated-gradients", "occlusion", "grad-cam"])
def test_every_method_says_what_it_can_and_cannot_say(method: str) -> None:
    value = ask("saliency", method=method)
    assert "It can say:" in value["html"]
    assert "It cannot say:" in value["html"]
    assert (value["next"] is None) == (method == "grad-cam")


def test_a_resting_pen_is_answered_ever_more_finely_until_it_is_as_fine_as_it_gets() -> None:
    value, parameters = ask("saliency", method="occlusion"), {"method": "occlusion"}
    windows = []
    while True:
        windows += [int(found) for found in re.findall(r"(\d+) windows of 7×7", value["html"])]
        if value["next"] is None:
            break
        parameters |= value["next"]
        value = ask("saliency", **parameters)
    assert windows == [16, 64, 144]
    assert "As fine as it gets." in value["html"]


def test_of_a_model_that_looks_often_it_is_said_that_one_look_is_explained() -> None:
    words = "explains its look at the image as it is"
    assert words in ask("saliency", "champion", method="grad-cam")["html"]
    assert words not in ask("saliency", "cnn", method="grad-cam")["html"]


def test_integrated_gradients_say_whether_they_add_up() -> None:
    html = ask("saliency")["html"]
    said = re.search(
        r"is ([+−.\d]+) for a black image and ([+−.\d]+) for this one: it rises by ([+−.\d]+)\. "
        r"All pixels together have ([+−.\d]+)\. The difference of ([+−.\d]+) ",
        html,
    )
    assert said
    blank, logit, rise, total, gap = map(hundredths, said.groups())
    assert logit - blank == rise
    assert total - rise == gap
    assert abs(gap) < 0.15 * abs(rise)


@pytest.mark.parametrize(("view", "model"), [("evidence", "softmax"), ("saliency", "cnn"), ("layers", "cnn")])
def test_a_models_name_is_text(view: str, model: str) -> None:
    html = ask(view, model, title="<img src=x onerror=alert(1)>")["html"]
    assert "<img" not in html
    assert "&lt;img" in html


def test_larger_stacks_of_maps_are_thinned_out() -> None:
    import numpy as np

    from digitlab.explain.layers import Layer
    from digitlab.reading.why import WhyLayers
    from digitlab.ui.components.live import Shown
    from digitlab.ui.draw.layers_view import live_layers

    layer = Layer("convolution", "features.0", "convolution", "", (512, 28, 28), 0)
    maps = torch.randn(512, 28, 28).numpy()
    value = WhyLayers(["m"], "m", [layer], layer, maps, 3, 0, 0, layer, np.zeros((1, 3, 3), np.float32), None, 0)
    html = live_layers(value, [Shown("m", "m", "#4477AA")], ())["html"]
    assert "The first 128 of 512 maps." in html
    assert len(html) < LARGEST
