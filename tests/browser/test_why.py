"""The panel "Why?" in a real browser: it follows the pen, is asked by buttons and pointing, and rests when folded."""

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, WebSocket, expect

from tests.browser.drawing_page import TRAJECTORIES, DrawingPage

pytestmark = pytest.mark.long


PATIENCE = 150_000
"""Milliseconds; a loaded machine takes long."""


class WhyPage:
    """What one does in the panel and what one sees there. sent: messages that went over the live channel."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address = page, address
        self.sent: list[str] = []
        self.troubles: list[str] = []
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        page.on("websocket", self._listen)

    def _listen(self, socket: WebSocket) -> None:
        if "api/live" in socket.url:
            socket.on("framesent", lambda text: self.sent.append(str(text)))

    def open(self, query: str = "?panels=why", digit: str = "3") -> "WhyPage":
        self.page.goto(f"{self.address}/{query}")
        draw = DrawingPage(self.page, self.address).ready()
        draw.draw(TRAJECTORIES[digit])
        draw.wait_for_any_digit("cnn")
        return self

    def view(self, title: str) -> Locator:
        return self.page.locator(f'section.why[aria-label$="{title}"]')

    def asked(self) -> list[str]:
        """The views that the last messages wanted, in order."""
        return [one["view"] for text in self.sent for one in json.loads(text)["show"]]


@pytest.fixture
def why(browser: Browser, app_address: str) -> Iterator[WhyPage]:
    """The page in a window of its own. Errors on its console fail the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = WhyPage(context.new_page(), app_address)
    yield page
    context.close()
    assert not page.troubles


def picture(view: Locator) -> str:
    """What the large picture shows, as text that can be compared."""
    shown: str = view.locator(".map canvas").evaluate("canvas => canvas.toDataURL()")
    return shown


def test_the_evidence_follows_the_pen_and_answers_why_one_digit_and_not_another(why: WhyPage) -> None:
    evidence = why.open().view("what each pixel adds")
    expect(evidence.locator("h4")).to_have_text("Why 3?")
    before = picture(evidence)
    evidence.get_by_role("button", name="8", exact=True).click()
    expect(evidence.locator("h4")).to_have_text("Why 3 and not 8?")
    assert picture(evidence) != before
    evidence.get_by_role("button", name=re.compile("^7, logit")).click()
    expect(evidence.locator("h4")).to_have_text("Why 7 and not 8?")
    total = evidence.locator(".total td").text_content()
    DrawingPage(why.page, why.address).draw([[[40, 140], [240, 140]]])
    expect(evidence.locator(".total td")).not_to_have_text(total or "")
    expect(evidence.locator("h4")).to_have_text("Why 7 and not 8?")


def test_a_pixel_is_read_by_pointing_and_by_arrow_keys(why: WhyPage) -> None:
    picture_of = why.open().view("what each pixel adds").locator(".map")
    tip = why.view("what each pixel adds").locator(".tip")
    expect(tip).to_have_text("Point at a pixel, or tap it, to read ink × weight.")
    picture_of.scroll_into_view_if_needed()
    box = picture_of.bounding_box()
    assert box
    why.page.mouse.move(box["x"] + 13.5 / 28 * box["width"], box["y"] + 13.5 / 28 * box["height"])
    words = re.compile(r"^Row 14, column 14: ink \d\.\d{3} × weight [+−]\d\.\d\d = [+−\d.]+$")
    expect(tip).to_have_text(words)
    picture_of.focus()
    why.page.keyboard.press("ArrowRight")
    expect(tip).to_have_text(re.compile("^Row 14, column 15: "))
    DrawingPage(why.page, why.address).draw([[[40, 140], [240, 140]]])
    expect(tip).to_have_text(re.compile("^Row 14, column 15: "))


def test_saliency_becomes_finer_when_the_pen_rests_and_explains_any_digit(why: WhyPage) -> None:
    saliency = why.open().view("which parts count")
    saliency.get_by_role("button", name="Occlusion").click()
    expect(saliency).to_contain_text("144 windows of 7×7 pixels")
    expect(saliency.locator("progress")).to_have_attribute("value", "3")
    saliency.get_by_role("button", name=re.compile("^5, logit")).click()
    expect(saliency.locator("h4")).to_have_text("Occlusion: why 5?")
    saliency.get_by_role("button", name="Grad-CAM").click()
    expect(saliency.locator("h4")).to_have_text("Grad-CAM: why 5?")
    expect(saliency.locator("progress")).to_have_count(0)


def test_what_is_chosen_again_after_the_back_button_is_in_the_address_again(why: WhyPage) -> None:
    saliency = why.open().view("which parts count")
    five = saliency.get_by_role("button", name=re.compile("^5, logit"))
    five.click()
    why.page.wait_for_url("**saliency-digit=5**")
    why.page.go_back()
    expect(saliency.locator("h4")).to_contain_text("why 3?")
    five.click()
    expect(saliency.locator("h4")).to_contain_text("why 5?")
    why.page.wait_for_url("**saliency-digit=5**")


def test_the_back_button_takes_back_what_the_page_has_not_yet_heard_of(why: WhyPage) -> None:
    saliency = why.open().view("which parts count")
    five = saliency.get_by_role("button", name=re.compile("^5, logit"))
    five.evaluate("button => { button.click(); window.dispatchEvent(new PopStateEvent('popstate')); }")
    saliency.get_by_role("button", name="Occlusion").click()
    expect(saliency.locator("h4")).to_have_text("Occlusion: why 3?")


def test_a_pixel_of_a_feature_map_is_computed_before_ones_eyes(why: WhyPage) -> None:
    maps = why.open().view("feature maps")
    maps.locator("select").select_option(label="convolution 2 · 32 of 28×28")
    maps.get_by_role("button", name="Map 7", exact=True).click()
    expect(maps.locator("h4").first).to_contain_text("Map 7, row ")
    area = maps.locator(".map")
    area.scroll_into_view_if_needed()
    area.focus()
    box = area.bounding_box()
    assert box
    why.page.mouse.move(box["x"] + 10.5 / 28 * box["width"], box["y"] + 12.5 / 28 * box["height"])
    expect(maps.locator("h4").first).to_have_text("Map 7, row 13, column 11: how it is computed")
    why.page.keyboard.press("ArrowDown")
    expect(maps.locator("h4").first).to_have_text("Map 7, row 14, column 11: how it is computed")
    expect(maps.locator(".sum tr")).to_have_count(11)
    expect(maps.locator("table.numbers")).to_have_count(3)


def test_a_folded_panel_costs_nothing_and_an_opened_one_is_as_it_was(why: WhyPage) -> None:
    why.open("")
    assert set(why.asked()) == {"answers"}
    switch = why.page.get_by_role("button", name="Why?", exact=True)
    switch.click()
    evidence = why.view("what each pixel adds")
    evidence.get_by_role("button", name="8", exact=True).click()
    expect(evidence.locator("h4")).to_have_text("Why 3 and not 8?")
    why.page.wait_for_url("**evidence-rival=8**")
    switch.click()
    expect(why.page.locator("section.why")).to_have_count(0)
    why.sent.clear()
    DrawingPage(why.page, why.address).draw([[[40, 140], [240, 140]]])
    why.page.wait_for_timeout(500)
    assert set(why.asked()) == {"answers"}
    switch.click()
    expect(evidence.locator("h4")).to_contain_text("and not 8?")
