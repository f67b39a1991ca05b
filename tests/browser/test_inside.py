"""The Inside page in a real browser: epochs are played, a digit is chosen, the model is switched, a link reopened."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

PATIENCE = 150_000
"""Milliseconds; a loaded machine takes long."""

OpenInside = Callable[..., "InsidePage"]


class InsidePage:
    """What one does on Inside and what one sees there."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address

    def open(self, query: str = "") -> "InsidePage":
        self.page.goto(f"{self.address}/inside{query}")
        self.film().locator("canvas").first.wait_for()
        return self

    def film(self, number: int = 0) -> Locator:
        return self.page.locator(".film").nth(number)

    def picture(self, film: Locator, tile: int = 0) -> str:
        """What a tile's canvas shows, as text that can be compared."""
        shown: str = film.locator("canvas").nth(tile).evaluate("canvas => canvas.toDataURL()")
        return shown

    def mark(self) -> float:
        """Where the mark on the loss curve stands, in pixels."""
        return float(self.film().locator(".mark").get_attribute("x1") or "nan")

    def expect_epoch(self, words: str) -> None:
        expect(self.film().locator("output")).to_have_text(words, timeout=PATIENCE)


@pytest.fixture
def open_inside(browser: Browser, app_address: str) -> Iterator[OpenInside]:
    """Opens the page in a window of its own: open_inside("?model=cnn"). Errors on its console fail the test."""
    contexts: list[BrowserContext] = []
    troubles: list[str] = []

    def open_window(query: str = "", **how: Any) -> InsidePage:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **how})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        return InsidePage(page, app_address).open(query)

    yield open_window
    for context in contexts:
        context.close()
    assert not troubles


@pytest.mark.long
def test_the_epochs_play_from_untrained_to_the_last_in_step_with_the_loss(open_inside: OpenInside) -> None:
    inside = open_inside("?epoch=0")
    inside.expect_epoch("untrained")
    before, start = inside.picture(inside.film()), inside.mark()
    inside.film().get_by_role("button", name="Play").click()
    expect(inside.film().get_by_role("button", name="Pause")).to_be_visible()
    inside.expect_epoch("epoch 40 of 40")
    expect(inside.film().get_by_role("button", name="Play")).to_be_visible()
    assert inside.picture(inside.film()) != before
    assert inside.mark() > start
    inside.page.wait_for_url("**/inside?epoch=40")


@pytest.mark.long
def test_the_film_opens_at_the_epoch_that_is_kept(open_inside: OpenInside) -> None:
    """Also where its snapshot does not ship, and for another model than the one whose epochs were played."""
    inside = open_inside("?model=softmax")
    inside.expect_epoch("epoch 29 of 40")
    inside.film().get_by_role("slider", name="Epoch").press("Home")
    inside.expect_epoch("untrained")
    inside.page.wait_for_url("**epoch=0")
    inside.page.get_by_role("main").get_by_role("combobox", name="Model").click()
    inside.page.get_by_role("option", name="cnn-mnist (cnn-deep)", exact=True).click()
    inside.expect_epoch("epoch 16 of 16")


@pytest.mark.long
def test_the_moving_mark_does_not_cross_the_name_of_the_chosen_epoch(open_inside: OpenInside) -> None:
    inside = open_inside()
    name = inside.film().locator(".chosen-name")
    expect(name).to_contain_text("chosen: epoch 29")
    boxes = [inside.film().locator(of).bounding_box() for of in (".chosen-name", ".mark")]
    assert boxes[0] and boxes[1]
    assert boxes[0]["y"] + boxes[0]["height"] <= boxes[1]["y"] + 1, "the name ends above where the mark begins"


@pytest.mark.long
def test_keys_move_the_slider_and_a_copied_link_shows_the_same_epoch(open_inside: OpenInside) -> None:
    inside = open_inside()
    slider = inside.film().get_by_role("slider", name="Epoch")
    slider.press("Home")
    slider.press("ArrowRight")
    inside.expect_epoch("epoch 1 of 40")
    inside.page.wait_for_url("**/inside?epoch=1")
    copied = open_inside("?epoch=1")
    copied.expect_epoch("epoch 1 of 40")
    assert copied.picture(copied.film()) == inside.picture(inside.film())


@pytest.mark.long
def test_a_clicked_digit_is_explained_and_kept_in_the_address(open_inside: OpenInside) -> None:
    inside = open_inside()
    tile = inside.film(1).get_by_role("button", name="Digit 2")
    tile.click()
    expect(tile).to_have_attribute("aria-pressed", "true")
    inside.page.wait_for_url("**/inside?digit=2")
    expect(inside.page.get_by_text("2: ink speaks for it with")).to_be_visible()


@pytest.mark.long
def test_another_model_shows_its_filters_and_maps(open_inside: OpenInside) -> None:
    inside = open_inside()
    inside.page.get_by_role("main").get_by_role("combobox", name="Model").click()
    inside.page.get_by_role("option", name="cnn (cnn-deep)", exact=True).click()
    expect(inside.film().locator("h3").first).to_contain_text("Filters of the first layer")
    inside.page.wait_for_url("**/inside?model=cnn")
    inside.film(1).get_by_role("button", name="Map 3", exact=True).click()
    expect(inside.film(2).locator("h3").first).to_contain_text("Filter 3 of convolution 1")


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.long)])
def test_nothing_is_wider_than_a_phone(open_inside: OpenInside, scheme: str) -> None:
    inside = open_inside("?model=cnn", viewport={"width": 390, "height": 844}, color_scheme=scheme)
    inside.film(2).wait_for()
    assert inside.page.evaluate("document.documentElement.scrollWidth") <= 390
    for number in range(3):
        box = inside.film(number).bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= 390
