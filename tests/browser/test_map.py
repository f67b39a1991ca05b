"""The map in a real browser: the drawing among test images, thumbnails, neighbours, and a t-SNE that is made."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import OpenBrowser
from tests.browser.drawing_page import TRAJECTORIES, DrawingPage, at_rest

PATIENCE = 180_000
"""Milliseconds; a loaded machine takes long, and there is no map at first."""

PICTURE = "canvas => canvas.toDataURL()"

OpenMap = Callable[..., DrawingPage]


@pytest.fixture
def open_map(open_browser: OpenBrowser) -> OpenMap:
    """The panel with a seven on the map of one model: open_map("softmax")."""

    def open_it(model: str, **how: Any) -> DrawingPage:
        draw = open_browser(f"?panels=map&models={model}", **how)
        draw.draw(TRAJECTORIES["7"])
        expect(neighbours(draw)).to_have_count(10, timeout=PATIENCE)
        return draw

    return open_it


def neighbours(draw: DrawingPage) -> Locator:
    return draw.page.locator(".maps .near button")


def field(draw: DrawingPage) -> Locator:
    return draw.page.locator(".maps .field canvas")


@pytest.mark.long
def test_the_drawing_is_placed_among_its_neighbours_and_follows_the_pen(open_map: OpenMap) -> None:
    draw = open_map("cnn")
    vote = draw.page.locator(".maps .vote")
    expect(vote).to_contain_text("show a 7")
    before = field(draw).evaluate(PICTURE)
    draw.press_button("Clear")
    expect(neighbours(draw)).to_have_count(0)
    draw.draw(TRAJECTORIES["3"])
    expect(vote).to_contain_text("show a 3", timeout=PATIENCE)
    assert field(draw).evaluate(PICTURE) != before


def test_a_softmax_regression_says_that_it_has_no_hidden_layer(open_map: OpenMap) -> None:
    expect(open_map("softmax").page.locator(".maps .of")).to_contain_text("no hidden layer: this is a map of its input")


@pytest.mark.long
def test_neighbours_are_reached_by_keys_and_shown_on_the_map(open_map: OpenMap) -> None:
    draw = open_map("softmax")
    before = field(draw).evaluate(PICTURE)
    neighbours(draw).first.focus()
    first = field(draw).evaluate(PICTURE)
    draw.page.keyboard.press("Tab")
    assert len({before, first, field(draw).evaluate(PICTURE)}) == 3
    expect(neighbours(draw).first).to_have_attribute("aria-label", re.compile(r"^Neighbour 1: \d, at distance"))


@pytest.mark.long
def test_a_point_that_is_pointed_at_shows_its_image(open_map: OpenMap) -> None:
    draw = open_map("softmax")
    draw.page.locator(".maps .vote").scroll_into_view_if_needed()
    before = field(draw).evaluate(PICTURE)
    box = at_rest(field(draw)).bounding_box()
    assert box
    for step in range(10, 90):
        draw.page.mouse.move(box["x"] + box["width"] * step / 100, box["y"] + box["height"] / 2)
        if field(draw).get_attribute("data-look"):
            break
    assert field(draw).evaluate(PICTURE) != before
    draw.page.mouse.move(1, 1)
    expect(field(draw)).to_have_attribute("data-look", "")
    assert field(draw).evaluate(PICTURE) == before


@pytest.mark.long
def test_a_t_sne_is_made_in_the_background_and_the_drawing_placed_in_it(open_map: OpenMap) -> None:
    draw = open_map("softmax")
    draw.page.get_by_role("button", name="t-SNE", exact=True).click()
    draw.page.get_by_role("button", name="Make it", exact=True).click()
    expect(draw.page.locator(".maps progress")).to_be_visible()
    expect(draw.page.locator(".maps .over")).to_be_hidden(timeout=PATIENCE)
    before = field(draw).evaluate(PICTURE)
    draw.press_button("Clear")
    draw.draw(TRAJECTORIES["3"])
    expect(draw.page.locator(".maps .vote")).to_contain_text("show a 3", timeout=PATIENCE)
    assert field(draw).evaluate(PICTURE) != before


@pytest.mark.long
def test_nothing_is_wider_than_a_phone(open_map: OpenMap) -> None:
    draw = open_map("softmax", viewport={"width": 390, "height": 660}, has_touch=True)
    main = draw.page.get_by_test_id("stMain")
    assert main.evaluate("main => main.scrollWidth <= main.clientWidth")
    box = field(draw).bounding_box()
    assert box
    assert box["width"] <= 390
