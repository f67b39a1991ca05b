"""The panel "Why?" in a real browser: it follows the pen, is asked by buttons and pointing, and rests when folded."""

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, WebSocket, expect

from tests.browser.drawing_page import TRAJECTORIES, DrawingPage
from tests.browser.slow_server import SlowServer

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


def point_at(picture: Locator, row: int, column: int) -> None:
    """Move the mouse over a pixel of a large picture of 28×28, once nothing on the page moves it any more."""
    box = picture.bounding_box()
    assert box
    side = box["width"] / 28
    picture.hover(position={"x": (column + 0.5) * side, "y": (row + 0.5) * side})


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
    point_at(picture_of, row=13, column=13)
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
    point_at(area, row=12, column=10)
    area.focus()
    expect(maps.locator("h4").first).to_have_text("Map 7, row 13, column 11: how it is computed")
    why.page.keyboard.press("ArrowDown")
    expect(maps.locator("h4").first).to_have_text("Map 7, row 14, column 11: how it is computed")
    expect(maps.locator(".sum tr")).to_have_count(11)
    expect(maps.locator("table.numbers")).to_have_count(3)


def test_a_choice_stays_while_the_page_hears_of_the_one_before_it(why: WhyPage) -> None:
    server = SlowServer(why.page)
    maps = why.open().view("feature maps")
    headline = maps.locator("h4").first
    server.hold()
    maps.get_by_role("button", name="Map 2", exact=True).click()
    server.wait_for("layers-map=2")
    point_at(maps.locator(".map"), row=0, column=0)
    expect(headline).to_have_text("Map 2, row 1, column 1: how it is computed")
    server.let_go()
    why.page.wait_for_url("**layers-row=0**")
    assert "layers-map=2" in why.page.url
    expect(headline).to_have_text("Map 2, row 1, column 1: how it is computed")


def test_a_choice_that_changes_several_things_is_one_step_back(why: WhyPage) -> None:
    maps = why.open().view("feature maps")
    before = why.page.evaluate("history.length")
    maps.get_by_role("button", name="Map 2", exact=True).click()
    why.page.wait_for_url("**layers-map=2**layers-row=-1**")
    assert why.page.evaluate("history.length") == before + 1
    why.page.go_back()
    expect(maps.locator("h4").first).not_to_contain_text("Map 2,")
    assert "layers-" not in why.page.url


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
