"""Lab in a real browser: sliders change image and verdicts past the page's run, and come to rest in the address."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

PATIENCE = 150_000
"""Milliseconds that an answer may take on a loaded machine."""


@pytest.fixture
def lab(browser: Browser, app_address: str) -> Iterator[Page]:
    """The page with a sample, once the sliders are there and the page rests."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(f"{app_address}/lab?sample=3")
    page.locator(".lab").wait_for()
    settle(page)
    yield page
    context.close()


def settle(page: Page) -> None:
    page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()


def picture(page: Page) -> str:
    return page.locator(".now img").get_attribute("src") or ""


@pytest.mark.long
def test_a_slider_changes_the_image_without_a_run_of_the_page_and_comes_to_rest_in_the_address(lab: Page) -> None:
    before = picture(lab)
    slider = lab.get_by_role("slider", name="Rotation")
    slider.evaluate("(it) => { it.value = 45; it.dispatchEvent(new Event('input', { bubbles: true })); }")
    expect(lab.locator(".now img")).not_to_have_attribute("src", before)
    expect(lab.locator(".slider.hand output")).to_have_text("45 degrees")
    assert lab.url.endswith("sample=3")
    expect(lab).to_have_url(re.compile(r"rotation=45"))
    shown = picture(lab)
    lab.reload()
    lab.locator(".lab").wait_for()
    assert picture(lab) == shown
    expect(lab.get_by_role("slider", name="Rotation")).to_have_value("45")


def test_the_keyboard_moves_a_slider_step_by_step_and_none_is_lost(lab: Page) -> None:
    lab.get_by_role("slider", name="Shift across").focus()
    for _ in range(9):
        lab.keyboard.press("ArrowRight")
    expect(lab).to_have_url(re.compile(r"shift-across=4\.5"))
    expect(lab.get_by_role("slider", name="Shift across")).to_be_focused()


@pytest.mark.long
def test_one_group_is_open_at_a_time_and_undo_brings_every_slider_back(lab: Page) -> None:
    lab.get_by_role("slider", name="Scale").fill("60")
    lab.get_by_role("button", name="Paper").click()
    expect(lab.get_by_role("slider", name="Noise")).to_be_visible()
    expect(lab.get_by_role("slider", name="Scale")).to_have_count(0)
    lab.get_by_role("slider", name="Noise").fill("70")
    expect(lab).to_have_url(re.compile(r"noise=70"))
    lab.get_by_role("button", name="Undo all").click()
    expect(lab).not_to_have_url(re.compile(r"[?&](noise|scale)="))
    expect(lab.get_by_role("slider", name="Noise")).to_have_value("0")
    lab.get_by_role("button", name="Place").click()
    expect(lab.get_by_role("slider", name="Scale")).to_have_value("100")


@pytest.mark.long
def test_an_attack_is_shown_with_what_it_adds_and_changes_with_the_attacked_model(lab: Page) -> None:
    lab.get_by_role("button", name="Attack", exact=True).click()
    lab.get_by_role("slider", name="PGD").fill("24")
    expect(lab.locator(".change figcaption")).to_contain_text("ε = 24 of 255")
    expect(lab).to_have_url(re.compile(r"pgd=24"))
    before = picture(lab)
    lab.get_by_role("combobox", name="Attacked model").select_option("cnn")
    expect(lab.locator(".now img")).not_to_have_attribute("src", before)
    expect(lab).to_have_url(re.compile(r"attacked=cnn"))
    expect(lab.get_by_role("combobox", name="Attacked model")).to_have_value("cnn")
