"""The Compare page in a real browser: a cell opens its images, a third model joins, a link is reopened."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, TimeoutError, expect

PATIENCE = 150_000
"""Milliseconds; a loaded machine takes long."""

OpenCompare = Callable[..., Page]


@pytest.fixture
def open_compare(browser: Browser, app_address: str) -> Iterator[OpenCompare]:
    """Opens the page in a window of its own: open_compare("?data=sklearn"). Errors in its scripts fail the test."""
    contexts: list[BrowserContext] = []
    troubles: list[str] = []

    def open_window(query: str = "", **how: Any) -> Page:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **how})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.goto(f"{app_address}/compare{query}")
        page.get_by_role("table", name="Metrics and costs of each model").wait_for()
        return page

    yield open_window
    for context in contexts:
        context.close()
    assert not troubles


@pytest.mark.long
def test_a_fresh_clone_compares_its_checkpoints_without_any_image(open_compare: OpenCompare) -> None:
    page = open_compare()
    expect(page.get_by_text("chance would bring so large a difference in less than 1 of 1,000 cases")).to_be_visible()
    expect(page.get_by_text("The images are not on this computer.")).to_be_visible()
    expect(page.locator(".js-plotly-plot")).to_have_count(4, timeout=PATIENCE)
    assert page.get_by_test_id("stAlertContentError").count() == 0


@pytest.mark.long
def test_a_cell_opens_its_images_and_a_copied_link_reopens_one(open_compare: OpenCompare) -> None:
    page = open_compare("?data=sklearn")
    page.get_by_role("button", name="only cnn right").click()
    tiles = page.locator(".grid button")
    expect(tiles.first).to_be_visible(timeout=PATIENCE)
    page.wait_for_url("**cell=only-b**")
    tiles.nth(1).click()
    page.wait_for_url("**image=**")
    expect(page.get_by_text("They disagree: softmax says")).to_be_visible()
    title = page.locator('.grid button[aria-pressed="true"]').get_attribute("title")
    copied = open_compare(page.url[page.url.index("?") :])
    expect(copied.locator('.grid button[aria-pressed="true"]')).to_have_attribute("title", title or "")


def choose(page: Page, box: str, option: str) -> None:
    """Choose from a list; open it again when a rerun of the page has closed it meanwhile."""
    for _ in range(6):
        page.get_by_role("combobox", name=box).click()
        with suppress(TimeoutError):
            return page.get_by_role("option", name=option).click(timeout=PATIENCE / 6)
    raise AssertionError(f"{option} could not be chosen")


@pytest.mark.long
def test_a_third_model_joins_and_another_pair_is_chosen(open_compare: OpenCompare) -> None:
    page = open_compare("?compared=softmax,cnn-mnist,cnn")
    heads = page.get_by_role("table", name="Metrics and costs of each model").locator("thead th")
    expect(heads).to_have_text(["softmax", "cnn-mnist", "cnn"])
    page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()
    choose(page, "Pair", "cnn-mnist and cnn")
    page.wait_for_url("**pair=cnn-mnist%2Ccnn**")
    button = page.get_by_role("button", name="only cnn-mnist right")
    expect(button).to_have_count(1)  # while the page runs, that of the pair before is still there
    expect(button).to_be_visible()


@pytest.mark.long
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_wider_than_a_phone(open_compare: OpenCompare, scheme: str) -> None:
    page = open_compare("?data=sklearn", viewport={"width": 390, "height": 844}, color_scheme=scheme)
    page.locator(".grid button").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    right, wrong = (page.get_by_role("button", name=name).bounding_box() for name in ("both right", "only softmax"))
    assert right is not None
    assert wrong is not None
    assert right["y"] == wrong["y"]
