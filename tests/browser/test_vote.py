"""Predict, then reveal: a class votes by a show of hands before it sees the answers, and the score stays."""

import json

import pytest
from playwright.sync_api import Locator, Page, expect

from digitlab.ui.components.reveal import HIDDEN
from tests.browser.conftest import OpenBrowser
from tests.browser.drawing_page import TRAJECTORIES, DrawingPage
from tests.browser.test_live import SESSION, Gate

SAVED = "digitlab vote"


def row(page: Page) -> Locator:
    return page.get_by_role("group", name="Votes of the class")


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def votes(page: Page) -> list[str]:
    return [one.get_attribute("data-count") or "" for one in row(page).locator("button").all()]


def vote_for(page: Page, digit: int) -> None:
    row(page).get_by_role("button", name=f"Vote for {digit},").click()


def draw_three(draw: DrawingPage) -> None:
    """Draw it on an empty pad and wait until a model has answered: what it sees is shown."""
    seen = draw.page.locator(".seen img")
    expect(seen).to_have_attribute("alt", "Nothing yet")
    draw.draw(TRAJECTORIES["3"])
    expect(seen).to_have_attribute("alt", "The drawing as an image of 28 by 28 grey pixels")


def settle(page: Page) -> None:
    page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()


def expect_hidden(draw: DrawingPage) -> None:
    """Nothing of the page has an answer in it, seen or unseen."""
    expect(draw.page.locator(".verdict")).to_have_text(HIDDEN)
    expect(draw.page.locator('article.card[data-digit=""]')).to_have_count(2)
    texts = draw.page.evaluate(_ALL_OF_THE_ANSWERS)
    assert "%" not in texts
    assert "agree" not in texts


_ALL_OF_THE_ANSWERS = """() => {
    const found = [];
    const walk = (root) => {
        for (const element of root.querySelectorAll("*")) {
            if (element.shadowRoot) walk(element.shadowRoot);
            if (element.matches(".live-html")) found.push(element.innerHTML.replaceAll(/style="[^"]*"/g, ""));
        }
    };
    walk(document);
    return found.join(" ");
}"""


@pytest.fixture
def draw(open_browser: OpenBrowser) -> DrawingPage:
    return open_browser("?vote=True&panels=steps,why")


def test_answers_and_panels_are_nowhere_in_the_page_until_reveal(draw: DrawingPage) -> None:
    draw_three(draw)
    settle(draw.page)
    expect_hidden(draw)
    expect(draw.page.locator(".hidden-answers").first).to_have_text(HIDDEN)
    expect(draw.page.locator(".hidden-answers")).to_have_count(4)  # the steps, and three views of why
    press(draw.page, "Reveal")
    draw.wait_for_digit("cnn", 3)
    expect(draw.page.locator("ol.steps > li")).to_have_count(5)
    expect(draw.page.locator(".hidden-answers")).to_have_count(0)
    expect(draw.page.locator("canvas").nth(1)).to_be_attached()  # a map of evidence
    expect(draw.page.locator(".verdict")).to_contain_text("3")


def test_hands_are_counted_and_answers_revealed_without_the_session(open_browser: OpenBrowser) -> None:
    draw, session = open_browser(), Gate()
    session.route(draw.page, SESSION)
    draw.open("?vote=True")
    row(draw.page).wait_for()
    settle(draw.page)
    session.is_open = False
    draw_three(draw)
    vote_for(draw.page, 7)
    for key in ("3", "3", "8", "Backspace"):
        draw.page.keyboard.press(key)
    assert votes(draw.page) == ["", "", "", "2", "", "", "", "1", "", ""]
    draw.page.keyboard.press("Enter")
    expect(draw.page.get_by_text("The class says 3, with 2 votes.")).to_be_visible()
    draw.wait_for_digit("cnn", 3)
    draw.page.keyboard.press("9")
    assert votes(draw.page)[9] == "", "the vote has ended"


@pytest.mark.long
def test_a_digit_key_on_the_pad_votes_and_does_not_label(draw: DrawingPage) -> None:
    draw_three(draw)
    draw.page.locator(".pad").focus()
    draw.page.keyboard.press("3")
    assert votes(draw.page)[3] == "1"
    expect(draw.canvas).to_have_attribute("aria-label", "The drawing, 1 stroke")
    expect(draw.page.locator("#keys")).to_contain_text("counts as a vote")


@pytest.mark.long
def test_the_score_counts_class_and_models_and_a_tie_is_said(draw: DrawingPage) -> None:
    draw_three(draw)
    vote_for(draw.page, 3)
    press(draw.page, "Reveal")
    draw.wait_for_digit("cnn", 3)
    press(draw.page, "It was a 3")
    score = draw.page.locator(".score output")
    expect(score).to_have_text("Right: class 1 of 1 · softmax 1 of 1 · cnn 1 of 1")
    press(draw.page, "Next drawing")
    expect(draw.canvas).to_have_attribute("aria-label", "The drawing, empty")
    expect_hidden(draw)
    draw_three(draw)
    vote_for(draw.page, 3)
    vote_for(draw.page, 7)
    press(draw.page, "Reveal")
    expect(draw.page.get_by_text("The class is split: 3 and 7 have 1 vote each.")).to_be_visible()
    draw.wait_for_digit("cnn", 3)
    press(draw.page, "It was a 7")
    expect(score).to_have_text("Right: class 1 of 2 · softmax 1 of 2 · cnn 1 of 2")
    press(draw.page, "It was a 3")
    expect(score).to_have_text("Right: class 1 of 2 · softmax 2 of 2 · cnn 2 of 2")


@pytest.mark.long
def test_votes_and_score_survive_another_page_and_a_reload(draw: DrawingPage) -> None:
    draw_three(draw)
    vote_for(draw.page, 3)
    press(draw.page, "Reveal")
    draw.wait_for_digit("cnn", 3)
    press(draw.page, "It was a 3")
    press(draw.page, "Next drawing")
    draw_three(draw)
    vote_for(draw.page, 5)
    draw.page.get_by_role("link", name="Inside", exact=True).click()
    draw.page.get_by_role("heading", level=1).filter(has_not_text="Draw").wait_for()
    draw.page.get_by_role("link", name="Draw", exact=True).click()
    row(draw.page).wait_for()
    assert votes(draw.page)[5] == "1"
    draw.page.reload()
    draw.ready()
    row(draw.page).wait_for()
    assert votes(draw.page)[5] == "1"
    expect(draw.page.locator(".score output")).to_have_text("Right: class 1 of 1 · softmax 1 of 1 · cnn 1 of 1")
    expect_hidden(draw)


@pytest.mark.parametrize(
    "stored",
    [
        "no JSON",
        "[]",
        json.dumps({"votes": "<b>", "isRevealed": 1, "said": {}, "truth": 77, "score": {"rounds": -1}}),
        json.dumps({"votes": "3" * 9000, "said": [["x"]], "score": {"rounds": 1, "voted": 1, "right": 2, "models": 5}}),
    ],
)
@pytest.mark.long
def test_what_is_odd_in_the_browsers_storage_counts_as_nothing(draw: DrawingPage, stored: str) -> None:
    draw.page.evaluate("([name, text]) => sessionStorage.setItem(name, text)", [SAVED, stored])
    draw.page.reload()
    draw.ready()
    row(draw.page).wait_for()
    draw_three(draw)
    expect_hidden(draw)
    assert sum(int(count or 0) for count in votes(draw.page)) <= 500
    expect(draw.page.locator(".score output")).not_to_be_visible()


@pytest.mark.long
def test_a_cleared_pad_hides_the_answers_to_the_next_drawing(draw: DrawingPage) -> None:
    draw_three(draw)
    press(draw.page, "Reveal")
    draw.wait_for_digit("cnn", 3)
    press(draw.page, "Clear")
    draw_three(draw)
    expect_hidden(draw)


def test_a_number_is_hidden_until_reveal(open_browser: OpenBrowser) -> None:
    draw = open_browser("?vote=True&surface=Number")
    draw.draw(TRAJECTORIES["7"])
    settle(draw.page)
    expect(draw.number("cnn")).to_have_attribute("data-number", "")
    expect(row(draw.page)).to_be_hidden()
    press(draw.page, "Reveal")
    expect(draw.number("cnn")).to_have_attribute("data-number", "7")


@pytest.mark.long
def test_the_switch_hides_answers_that_are_shown_and_shows_them_again(open_browser: OpenBrowser) -> None:
    draw = open_browser()
    draw.draw(TRAJECTORIES["3"])
    draw.wait_for_digit("cnn", 3)
    for digit in ("", "3"):
        draw.page.get_by_text("Predict, then reveal").click()
        draw.wait_for_digit("cnn", digit)
