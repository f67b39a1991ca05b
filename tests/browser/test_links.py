"""Copied links in a real browser: from one window's drawing to another's."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from digitlab.config import TrainConfig
from digitlab.ink.link import to_link
from digitlab.ink.strokes import Drawing
from digitlab.runs.label import rename_run
from digitlab.runs.listing import delete_run
from digitlab.settings import CHECKPOINTS
from tests.browser.conftest import OpenBrowser
from tests.browser.drawing_page import TRAJECTORIES
from tests.browser.slow_server import SlowServer
from tests.sweeps.made_up import trained

pytestmark = pytest.mark.long


PATIENCE = 90_000
"""Milliseconds; a loaded machine takes long."""

SHORT = 2000
"""Characters that every program takes."""


def test_a_copied_link_opens_the_drawing_and_the_choices_in_another_window(open_browser: OpenBrowser) -> None:
    first = open_browser("?models=cnn", permissions=["clipboard-read", "clipboard-write"])
    first.draw(TRAJECTORIES["3"])
    first.wait_for_digit("cnn", 3)
    first.page.get_by_role("button", name="Link", exact=True).click()
    first.page.get_by_text("With my drawing", exact=True).click()
    field = first.page.get_by_role("textbox", name="Link", exact=True)
    expect(field).to_have_value(re.compile("ink="))
    first.press_button("Copy link")
    first.page.get_by_text("Copied.", exact=True).wait_for()
    link = first.page.evaluate("navigator.clipboard.readText()")
    assert len(link) < SHORT
    second = open_browser(link.removeprefix(first.address + "/"))
    second.wait_for_digit("cnn", 3)
    expect(second.page.locator(".answers article")).to_have_count(1)
    assert second.white_pixels() > 1000
    second.page.wait_for_url(lambda url: "ink=" not in url and "models=cnn" in url)
    second.press_button("Clear")
    second.wait_for_digit("cnn", "")
    second.page.reload()
    second.canvas.wait_for()
    second.wait_for_digit("cnn", "")


def test_where_the_page_may_not_copy_the_link_is_selected_in_its_field(open_browser: OpenBrowser) -> None:
    window = open_browser()
    window.page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    window.page.get_by_role("button", name="Link", exact=True).click()
    window.press_button("Copy link")
    window.page.get_by_text("The link is selected", exact=False).wait_for()
    selected = "el => el.value.slice(el.selectionStart, el.selectionEnd)"
    field = window.page.get_by_role("textbox", name="Link", exact=True)
    assert field.evaluate(selected) == window.page.url


def test_a_model_stays_chosen_and_the_address_true_when_it_gets_another_name(
    browser: Browser, app_address: str, app_folder: Path
) -> None:
    run = trained(
        app_folder / "runs", TrainConfig(model="softmax", data="sklearn", epochs=1, name="first"), [(0.5, 0.9)]
    )
    shutil.copy(CHECKPOINTS / "softmax" / "weights.safetensors", run.weights)
    try:
        page = browser.new_page()
        page.goto(f"{app_address}/inside?model={run.id}")
        picker = page.get_by_role("main").get_by_role("combobox", name="Model")
        expect(picker).to_have_value(re.compile("first"))
        for name in ("second", "third"):
            rename_run(run, name)
            page.get_by_text("As numbers").click()
            expect(picker).to_have_value(re.compile(name))
            assert parse_qs(urlsplit(page.url).query)["model"] == [run.id]
        expect(page.get_by_text("The address asks for")).to_have_count(0)
        page.close()
    finally:
        delete_run(run)


def test_on_a_phone_the_cards_of_models_of_one_name_show_what_tells_them_apart(
    open_browser: OpenBrowser, app_folder: Path
) -> None:
    config = TrainConfig(model="softmax", data="sklearn", epochs=1, name="a model with a long name of its own")
    runs = [trained(app_folder / "runs", config, [(0.5, 0.9)]) for _ in range(2)]
    for run in runs:
        shutil.copy(CHECKPOINTS / "softmax" / "weights.safetensors", run.weights)
    try:
        draw = open_browser("?models=" + ",".join(run.id for run in runs), viewport={"width": 390, "height": 844})
        for run in runs:
            name, end = draw.card(f"{config.name} ({run.id[-6:]})").locator("h2 span").all()
            assert name.evaluate("span => span.scrollWidth > span.clientWidth"), "it is cut off"
            assert end.evaluate("span => span.getBoundingClientRect().right") <= end.evaluate(
                "span => span.parentNode.getBoundingClientRect().right"
            )
            assert end.inner_text().strip() == f"({run.id[-6:]})"
    finally:
        for run in runs:
            delete_run(run)


def test_the_way_back_leads_out_of_a_page_that_a_link_opened(open_browser: OpenBrowser) -> None:
    window = open_browser()
    start = window.page.url
    ink = to_link(Drawing(ink=TRAJECTORIES["7"]))
    window.page.goto(f"{window.address}/?ink={ink}")
    window.wait_for_digit("cnn", 7)
    window.page.wait_for_url(lambda url: "ink=" not in url)
    window.page.go_back()
    window.page.go_back()
    window.page.wait_for_url(start)


@pytest.fixture
def draw_page(browser: Browser, app_address: str) -> Iterator[tuple[Page, SlowServer]]:
    """Draw, and its server."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    server = SlowServer(page)
    page.goto(f"{app_address}/?models=cnn")
    page.get_by_role("radio", name="Number", exact=True).wait_for()
    yield page, server
    context.close()


def test_two_choices_before_the_server_answers_are_both_in_the_address(draw_page: tuple[Page, SlowServer]) -> None:
    page, server = draw_page
    predict = page.get_by_test_id("stMain").get_by_test_id("stCheckbox").first
    server.hold()
    predict.click()
    server.wait_for()  # the server has begun to answer
    page.get_by_role("radio", name="Number", exact=True).click()
    page.wait_for_timeout(20)
    server.let_go()
    page.wait_for_url(lambda address: "surface=Number" in address and "vote=True" in address)
    expect(predict.locator("input")).to_be_checked()


def test_a_choice_that_is_taken_back_before_the_server_answers_leaves_the_address(
    draw_page: tuple[Page, SlowServer],
) -> None:
    page, server = draw_page
    predict = page.get_by_test_id("stMain").get_by_test_id("stCheckbox").first
    server.hold()
    predict.click()
    server.wait_for("vote=True")
    predict.click()
    page.wait_for_timeout(20)
    server.let_go()
    server.hold()  # waits until it has nothing more to say
    server.let_go()
    page.wait_for_url(lambda address: "vote" not in address)
    page.reload()
    expect(predict.locator("input")).not_to_be_checked()
