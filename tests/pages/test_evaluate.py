"""The Evaluate page: figures of a model on a data set, images of a chosen cell, every choice in the address."""

import json
import re
from collections.abc import Callable
from html import unescape
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from digitlab.data import PartName
from digitlab.data.dataset import load_part
from digitlab.figures.confusion import TITLES
from digitlab.glossary import glossary, hint
from digitlab.runs.run import Run
from digitlab.runs.scores import Scores, fingerprint_file, save_scores
from digitlab.ui.evaluate.sections import SECTIONS
from tests.pages.conftest import FRAME
from tests.pages.driven_page import PAGES, MakeModel, captions, given, teach

Evaluate = Callable[..., AppTest]


@pytest.fixture
def evaluate() -> Evaluate:
    """The page at an address: evaluate(model="softmax", data="sklearn"). In the frame, as it links to another page."""

    def open_at(**query: str) -> AppTest:
        app = AppTest.from_file(str(FRAME), default_timeout=120).switch_page(f"{PAGES}/evaluate.py")
        for name, value in query.items():
            app.query_params[name.replace("_", "-")] = value
        return app.run()

    return open_at


@pytest.fixture
def sevens(make_model: MakeModel) -> Run:
    """A model that always says 7."""
    return make_model("softmax", 7)


def headline(app: AppTest) -> dict[str, str]:
    html = str(given(app, "digitlab.headline")["html"])
    return {name: value.replace("\u202f", "") for name, value in re.findall(r"<dt.*?>(.*?)</dt><dd>(.*?)</dd>", html)}


def tiles(app: AppTest) -> list[str]:
    """The words below each image of the grid."""
    return re.findall(r"<span>(.*?)</span>", str(given(app, "digitlab.image_grid")["html"]))


def test_the_headline_counts_every_test_image(sevens: Run, evaluate: Evaluate) -> None:
    app = evaluate(data="sklearn")
    part = load_part("sklearn", PartName.TEST, Path())
    right = int((part.labels == 7).sum())
    figures = headline(app)
    assert figures["accuracy"] == f"{100 * right / len(part):.2f}%"
    assert figures["mistakes"] == str(len(part) - right)
    assert not app.exception


@pytest.mark.parametrize("figure", SECTIONS)
def test_every_figure_can_be_shown(sevens: Run, evaluate: Evaluate, figure: str) -> None:
    app = evaluate(data="sklearn", figure=figure)
    assert not app.exception
    assert not app.error
    assert not app.warning


@pytest.mark.parametrize("matrix", ["counts", "shares", "errors"])
def test_every_way_to_read_the_matrix_can_be_shown(sevens: Run, evaluate: Evaluate, matrix: str) -> None:
    assert not evaluate(data="sklearn", matrix=matrix).exception


def test_without_a_chosen_cell_the_most_confident_mistakes_are_shown(sevens: Run, evaluate: Evaluate) -> None:
    shown = tiles(evaluate(data="sklearn"))
    assert len(shown) == 20
    assert all(words.endswith("→ 7") and not words.startswith("7") for words in shown)


def test_the_cell_of_the_address_shows_its_images(sevens: Run, evaluate: Evaluate) -> None:
    app = evaluate(data="sklearn", cell="4-7")
    assert set(tiles(app)) == {"4 → 7"}
    assert any(line.value.startswith("**4 read as 7: ") for line in app.markdown)


def test_a_cell_without_images_says_so(sevens: Run, evaluate: Evaluate) -> None:
    app = evaluate(data="sklearn", cell="4-9")
    assert any("no such image" in line.value for line in app.caption)


def test_the_next_page_shows_other_images(sevens: Run, evaluate: Evaluate) -> None:
    app = evaluate(data="sklearn")
    before = given(app, "digitlab.image_grid")["html"]
    app.button(key="Next page").click().run()
    assert app.query_params["page"] == "2"
    assert given(app, "digitlab.image_grid")["html"] != before


def test_the_image_of_the_address_is_shown_large(sevens: Run, evaluate: Evaluate) -> None:
    part = load_part("sklearn", PartName.TEST, Path())
    index = int(np.flatnonzero(part.labels.numpy() == 4)[1])
    html = str(given(evaluate(data="sklearn", image=str(index)), "digitlab.one_image")["html"])
    assert f"image {index}" in html
    assert "A 4, read as 7" in html
    assert html.count("<li") == 10


def test_the_roc_of_a_poor_model_is_shown_whole(sevens: Run, evaluate: Evaluate) -> None:
    app = evaluate(data="sklearn", figure="roc")
    assert app.toggle(key="roc-zoom").value is False
    assert "Zoomed" not in captions(app)


def test_the_roc_of_a_good_model_starts_zoomed_says_so_and_can_be_shown_whole(sevens: Run, evaluate: Evaluate) -> None:
    labels = np.arange(200) % 10
    weights = fingerprint_file(sevens.weights)
    save_scores(
        sevens.evaluation("mnist"), Scores(8 * np.eye(10, dtype=np.float32)[labels], labels, "softmax", weights, "x")
    )
    app = evaluate(data="mnist", figure="roc")
    assert app.toggle(key="roc-zoom").value is True
    assert "Zoomed in: " in captions(app)
    app.toggle(key="roc-zoom").set_value(False).run()
    assert "Zoomed in: " not in captions(app)
    assert app.query_params["roc-zoom"] == "False"


def test_the_report_is_promised_as_what_it_is(
    sevens: Run, evaluate: Evaluate, downloads: dict[str, Callable[[], str]]
) -> None:
    evaluate(data="sklearn")
    html = downloads["Report"]()
    for title in (*TITLES.values(), "ROC, each digit against the rest", "Samples", "Each digit"):
        assert title in html


def test_choices_go_into_the_address(sevens: Run, make_model: MakeModel, evaluate: Evaluate) -> None:
    make_model("other", 1)
    app = evaluate(data="sklearn")
    app.selectbox(key="model").set_value("other").run()
    app.button_group(key="figure").set_value("calibration").run()
    app.slider(key="temperature").set_value(2.5).run()
    chosen = {name: app.query_params[name] for name in ("model", "data", "figure", "temperature")}
    assert chosen == {
        "model": "other",
        "data": "sklearn",
        "figure": "calibration",
        "temperature": "2.5",
    }


def test_the_terms_of_the_page_are_those_of_the_glossary(sevens: Run, evaluate: Evaluate) -> None:
    app = evaluate(data="sklearn", figure="digits")
    html = str(given(app, "digitlab.headline")["html"])
    terms = re.findall(r'<dt title="(.*?)">(.*?)</dt>', html)
    assert [unescape(words) for words, _ in terms] == [hint(term) for _, term in terms]
    assert len(terms) == 8
    (listed,) = (one.markdown[0].value for one in app.expander if one.label == "What the terms mean")
    assert f"**macro**: {glossary()['macro']}" in listed


def test_the_fitted_temperature_can_be_used(sevens: Run, evaluate: Evaluate) -> None:
    app = evaluate(data="sklearn", figure="calibration")
    (fitted,) = (line.value for line in app.caption if line.value.startswith("Fitted value"))
    next(button for button in app.button if button.label == "Use it").click().run()
    assert app.slider(key="temperature").value == float(fitted.split()[2].rstrip("."))


def test_samples_are_filtered_by_verdict_and_digit(sevens: Run, evaluate: Evaluate) -> None:
    app = evaluate(data="sklearn", figure="samples", verdict="right", digit="7")
    grids = [e for e in app.get("bidi_component") if e.proto.component_name == "digitlab.image_grid"]
    words = re.findall(r"<span>(.*?)</span>", json.loads(grids[-1].proto.json)["html"])
    assert words
    assert set(words) == {"7 → 7"}


def test_unknown_choices_get_one_notice_and_the_rest_works(sevens: Run, evaluate: Evaluate) -> None:
    app = evaluate(data="sklearn", model="nosuch", figure="![x](http://example.org)", cell="99")
    (notice,) = (line.value for line in app.warning)
    assert all(asked in notice for asked in ("model = nosuch", "figure = ", "cell = 99"))
    assert "![x]" not in notice
    assert headline(app)
    assert not app.exception


def test_without_any_model_the_page_says_how_to_get_one(evaluate: Evaluate) -> None:
    app = evaluate()
    assert ["page Train" in line.value for line in app.info] == [True]
    assert not app.exception


def test_data_that_are_neither_here_nor_scored_get_one_line(sevens: Run, evaluate: Evaluate) -> None:
    app = evaluate(data="mnist")
    assert ["digitlab download mnist" in line.value for line in app.error] == [True]
    assert not app.exception


def test_a_fresh_clone_shows_saved_scores_and_a_line_for_the_images(sevens: Run, evaluate: Evaluate) -> None:
    labels = np.arange(200) % 10
    logits = np.random.default_rng(0).normal(size=(200, 10)).astype(np.float32)
    saved = Scores(logits, labels, "softmax", fingerprint_file(sevens.weights), "images of another computer")
    save_scores(sevens.evaluation("mnist"), saved)
    app = evaluate(data="mnist")
    assert headline(app)["mistakes"]
    assert any("not on this computer" in line.value for line in app.caption)
    assert not app.error
    assert not app.exception


def test_models_of_the_same_weights_show_what_each_of_them_says(
    make_model: MakeModel, next_digit: str, evaluate: Evaluate
) -> None:
    one, other = make_model("one", 7), make_model("other", 7, model=next_digit)
    assert fingerprint_file(one.weights) == fingerprint_file(other.weights)
    labels = load_part("sklearn", PartName.TEST, Path()).labels
    for name, digit in (("one", 7), ("other", 8), ("one", 7)):
        app = evaluate(data="sklearn", model=name)
        assert headline(app)["mistakes"] == str(int((labels != digit).sum()))
        assert {words.partition(" → ")[2] for words in tiles(app)} == {str(digit)}
        assert f"read as {digit}</b>" in str(given(app, "digitlab.one_image")["html"])


def test_models_of_the_same_weights_have_each_its_own_temperature(make_model: MakeModel, evaluate: Evaluate) -> None:
    losses = []
    for name, temperature in (("plain", 1.0), ("calm", 2.0), ("keen", 0.5)):
        make_model(name, 7, temperature=temperature)
        losses.append(float(headline(evaluate(data="sklearn", model=name))["loss"]))
    assert len(set(losses)) == 3
    assert losses[2] > losses[0] > losses[1]  # it is always sure and mostly wrong: the surer, the worse


def test_scores_of_earlier_weights_are_not_shown(sevens: Run, evaluate: Evaluate) -> None:
    before = headline(evaluate(data="sklearn"))
    teach(sevens, 1)
    assert headline(evaluate(data="sklearn")) != before


def test_scores_of_other_images_are_computed_again(sevens: Run, evaluate: Evaluate) -> None:
    weights = fingerprint_file(sevens.weights)
    stale = Scores(np.eye(10, dtype=np.float32), np.arange(10), "softmax", weights, "images of yesterday")
    save_scores(sevens.evaluation("sklearn"), stale)
    app = evaluate(data="sklearn")
    assert int(headline(app)["mistakes"]) > 100
    assert not app.exception


def test_damaged_weights_get_one_line(sevens: Run, evaluate: Evaluate) -> None:
    sevens.weights.write_bytes(b"damaged")
    app = evaluate(data="sklearn")
    assert len(app.error) == 1
    assert not app.exception


def test_an_ink_file_is_asked_for_and_evaluated(sevens: Run, evaluate: Evaluate) -> None:
    app = evaluate(data="file")
    assert ["Upload an ink file" in line.value for line in app.info] == [True]
    ink = {"digit": 7, "strokes": [[[0, 0], [50, 0], [20, 90]]], "writer": "anna"}
    app.file_uploader[0].upload("mine.jsonl", json.dumps(ink).encode(), "application/json").run()
    assert headline(app)["accuracy"] == "100.00%"
    assert not app.exception


def test_a_bad_ink_file_gets_one_line_with_its_name(sevens: Run, evaluate: Evaluate) -> None:
    app = evaluate(data="file")
    app.file_uploader[0].upload("mine.jsonl", b"no ink", "application/json").run()
    (line,) = app.error
    assert "mine\\.jsonl, line 1" in line.value
    assert "tmp" not in line.value
