"""The first minute on Draw: three hints, one at a time, that cover nothing and do not come back."""

import pytest
from playwright.sync_api import Locator, Page, expect

from digitlab.ui.draw.hints import HINTS
from tests.browser.conftest import OpenBrowser
from tests.browser.drawing_page import TRAJECTORIES, DrawingPage

pytestmark = pytest.mark.long


def hint(page: Page) -> Locator:
    """The hint's text where it is seen: a second place, for small screens, is hidden once the styles are there."""
    return page.locator(".hint:visible p").first


def size_and_distance(draw: DrawingPage) -> tuple[float, ...]:
    """How large pad and answers are and how far apart, and the row of panels below them: what must not jump."""
    places = draw.canvas, draw.card("cnn"), draw.page.locator(".st-key-draw-panels")
    boxes = [place.bounding_box() or {"y": -1.0, "height": -1.0} for place in places]
    return (*(box["y"] - boxes[0]["y"] for box in boxes), boxes[0]["height"], boxes[1]["height"])


def test_one_hint_after_the_other_leads_from_the_pad_to_one_s_own_model(open_browser: OpenBrowser) -> None:
    draw = open_browser()
    expect(hint(draw.page)).to_have_text(HINTS["draw"])
    draw.draw(TRAJECTORIES["3"])
    expect(hint(draw.page)).to_have_text(HINTS["look"])
    before = size_and_distance(draw)
    draw.page.get_by_role("button", name="Step by step").click()
    expect(hint(draw.page)).to_have_text(HINTS["teach"])
    assert size_and_distance(draw) == before
    draw.say(3)
    expect(hint(draw.page)).to_have_count(0)
    draw.page.reload()
    draw.ready()
    draw.draw(TRAJECTORIES["3"])
    draw.wait_for_digit("cnn", 3)
    expect(hint(draw.page)).to_have_count(0)


def test_a_hint_that_was_closed_does_not_come_back(open_browser: OpenBrowser) -> None:
    draw = open_browser()
    draw.draw(TRAJECTORIES["3"])
    expect(hint(draw.page)).to_have_text(HINTS["look"])
    draw.page.get_by_role("button", name="Close this hint").click()
    expect(hint(draw.page)).to_have_text(HINTS["teach"])
    draw.page.reload()
    draw.ready()
    expect(hint(draw.page)).to_have_text(HINTS["teach"])
    draw.page.get_by_role("button", name="Close this hint").click()
    expect(hint(draw.page)).to_have_count(0)


def test_a_hint_neither_takes_the_focus_nor_covers_anything(open_browser: OpenBrowser) -> None:
    draw = open_browser(viewport={"width": 390, "height": 660}, has_touch=True)
    draw.draw(TRAJECTORIES["3"])
    expect(hint(draw.page)).to_have_text(HINTS["look"])
    box, answers = hint(draw.page).bounding_box(), draw.page.locator(".answers").bounding_box()
    assert box
    assert answers
    assert box["y"] >= answers["y"] + answers["height"], "it stands below the answers"
    assert not draw.page.evaluate("document.activeElement?.shadowRoot?.activeElement?.closest('.hint') != null")
