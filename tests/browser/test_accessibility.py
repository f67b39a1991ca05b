"""Every page under axe-core (WCAG 2.2, level AA), light and dark, with something on it to look at."""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, Page, expect

from digitlab.config import TrainConfig
from digitlab.data.handwriting import add_drawing
from digitlab.ink.strokes import Drawing
from digitlab.runs.run import Run, now
from digitlab.runs.status import State, Status
from digitlab.settings import CHECKPOINTS
from tests.browser.drawing_page import TRAJECTORIES, DrawingPage
from tests.browser.served import ROOT, served
from tests.sweeps.made_up import made_up_sweep

PATIENCE = 90_000
"""Milliseconds that a page may take; a loaded machine takes long."""

_AXE = ROOT / ".venv" / "axe" / "node_modules" / "axe-core" / "axe.min.js"
_RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "rules": {"label-content-name-mismatch": {"enabled": True}},
    "resultTypes": ["violations"],
}
_OF_COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast"]}, "resultTypes": ["violations"]}
"""Nothing else depends on the theme."""

_RUN = """async rules => (await axe.run({ exclude: [".stToast"] }, rules)).violations.map(
    ({ id, impact, nodes }) => ({ id, impact, nodes: nodes.map(n => `${n.target}: ${n.html}`) }))"""
"""Without the toasts, which are Streamlit's: it makes them dialogs and gives them no name."""


class LivedIn(NamedTuple):
    """Where the app is, and the finished run in it."""

    address: str
    finished: str


def _nothing(page: Page) -> None:
    pass


def _draw_a_three(page: Page) -> None:
    draw = DrawingPage(page, "").ready()
    draw.draw(TRAJECTORIES["3"])
    draw.wait_for_any_digit("cnn")


def _draw_a_three_and_ask_why(page: Page) -> None:
    _draw_a_three(page)
    expect(page.locator("section.why")).to_have_count(3)


def _label_it(page: Page) -> None:
    DrawingPage(page, "").say(3)
    page.get_by_role("button", name="Undo", exact=True).first.wait_for()


def _vote_on_a_three(page: Page) -> None:
    DrawingPage(page, "").ready().draw(TRAJECTORIES["3"])
    page.get_by_role("button", name="Vote for 3,").click()
    page.keyboard.press("r")
    page.get_by_role("button", name="It was a 3").click()


def _wait_for(place: str) -> Callable[[Page], None]:
    def wait(page: Page) -> None:
        page.locator(place).first.wait_for()

    return wait


def _open_all_settings(page: Page) -> None:
    page.get_by_test_id("stSidebar").get_by_text("More settings", exact=True).click()


def _choose_figure(name: str) -> Callable[[Page], None]:
    def choose(page: Page) -> None:
        page.get_by_role("radio", name=name).click()
        page.locator(".js-plotly-plot").first.wait_for()

    return choose


def _open_the_form(page: Page) -> None:
    page.get_by_text("New sweep", exact=True).click()
    page.get_by_role("button", name="Start the sweep").wait_for()


def _answer_the_question(page: Page) -> None:
    page.get_by_text("Neither of them", exact=True).click()
    page.frame_locator("iframe").locator(".answers").wait_for()


def _open_dialog(name: str) -> Callable[[Page], None]:
    def open_it(page: Page) -> None:
        page.keyboard.press("Escape")  # the dialog before
        expect(page.get_by_role("dialog")).to_have_count(0)
        page.locator(f'[class*="st-key-chosen--{name}"]').get_by_role("button").click()
        page.get_by_role("dialog").wait_for()

    return open_it


PAGES: dict[str, tuple[str, list[Callable[[Page], None]]]] = {
    "draw": ("/", [_draw_a_three, _label_it]),
    "draw, why": ("/?panels=why", [_draw_a_three_and_ask_why]),
    "vote": ("/?vote=True&panels=steps", [_nothing, _vote_on_a_three]),
    "through the epochs": ("/?panels=epochs", [_draw_a_three, _wait_for(".machine .tiles canvas")]),
    "map": ("/?panels=map", [_draw_a_three, _wait_for(".maps .near button")]),
    "number": ("/?surface=Number", [_nothing]),
    "canvas with tools": ("/?surface=Canvas+with+tools", [_nothing]),
    "picture": ("/?surface=Picture", [_nothing]),
    "train": (
        "/train?run={finished}",
        [_open_all_settings, *map(_open_dialog, ("Rename", "Notes", "Delete"))],
    ),
    "evaluate": ("/evaluate?data=sklearn&cell=3-3", [_nothing]),
    "inside softmax": ("/inside?model=softmax", [_nothing]),
    "inside cnn": ("/inside?model=cnn", [_nothing]),
    "sweeps": ("/sweeps?trials=1,2", [_nothing, *map(_choose_figure, ("One setting", "Time")), _open_the_form]),
    "compare": ("/compare?data=sklearn", [_nothing]),
    "lab": ("/lab?hand=pgd&pgd=24&rotation=20", [_nothing]),
    "handwriting": ("/handwriting", [_nothing]),
    "lessons": ("/lessons", [_nothing]),
    "a lesson": ("/lessons?lesson=05-why-centring-matters", [_nothing, _answer_the_question]),
    "worksheet": ("/lessons?lesson=02-what-a-weight-means&print=worksheet", [_nothing]),
    "teacher's page": ("/lessons?lesson=02-what-a-weight-means&print=teacher", [_nothing]),
    "about": ("/about", [_nothing]),
}
"""Name → address, and what is done there before each look."""


@pytest.fixture(scope="module")
def axe() -> str:
    """axe-core's text. It comes from npm by `make test`; without it these tests are skipped, and fail under CI."""
    if not _AXE.is_file():
        missing = "axe-core is not installed: run make test, with npm on the PATH"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    return _AXE.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def lived_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LivedIn]:
    """The app with a drawing of one's own, a sweep, and a run that is finished, one under way, in line, and failed.

    The test holds the locks of those that a process would be at work on.
    """
    folder = tmp_path_factory.mktemp("lived in")
    shipped = CHECKPOINTS / "softmax"
    runs = {}
    for state in (State.DONE, State.RUNNING, State.QUEUED, State.FAILED):
        run = runs[state] = Run.create(
            folder / "runs", TrainConfig(model="softmax", data="sklearn", name=f"it is {state}")
        )
        if state is not State.QUEUED:
            shutil.copy(shipped / "history.jsonl", run.folder)
        status = Status(state, epoch=1, step=1, steps=2, created=now(), updated=now(), loss=0.5, accuracy=0.9)
        run.write_status(status if state is not State.FAILED else replace(status, message="The disk is full."))
    for name in ("weights.safetensors", "results.json"):
        shutil.copy(shipped / name, runs[State.DONE].folder)
    made_up_sweep(folder / "runs", [({"learning_rate": rate, "batch_size": 32}, [rate]) for rate in (0.01, 0.02, 0.1)])
    add_drawing(folder / "data", Drawing(ink=TRAJECTORIES["7"]), 7, "")
    with ExitStack() as stack:
        for state in (State.RUNNING, State.QUEUED):
            stack.enter_context(runs[state].lock().acquire())
        address = stack.enter_context(served(ROOT / "app.py", folder, "/api/health"))
        yield LivedIn(address, runs[State.DONE].id)


@pytest.fixture(scope="module")
def window(browser: Browser) -> Iterator[Page]:
    """One window for all pages, which then have the app's scripts in its cache; its user asks for less motion."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 900}, color_scheme="light", reduced_motion="reduce"
    )
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    yield page
    context.close()


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.long
def test_a_page_has_no_serious_violation(name: str, window: Page, lived_in: LivedIn, axe: str) -> None:
    path, looks = PAGES[name]
    window.goto(lived_in.address + path.format(finished=lived_in.finished))
    _settle(window)
    window.evaluate(axe)
    wrong = []
    for prepare in looks:
        prepare(window)
        _settle(window)
        found = window.evaluate(_RUN, _RULES)
        with _in_the_dark(window):
            found += window.evaluate(_RUN, _OF_COLOURS)
        wrong += [one for one in found if one["impact"] in ("serious", "critical") or one["id"] == "heading-order"]
    assert not wrong, json.dumps(wrong, indent=1)
    assert window.evaluate(_MOVING) == [], "though less motion is asked for"


@contextmanager
def _in_the_dark(page: Page) -> Iterator[None]:
    """The page as the system shows it that turns to dark colours; it follows without being loaded again."""
    page.emulate_media(color_scheme="dark")
    try:
        expect(page.get_by_test_id("stApp")).to_have_css("color-scheme", "dark")
        _settle(page)
        yield
    finally:
        page.emulate_media(color_scheme="light")
    expect(page.get_by_test_id("stApp")).to_have_css("color-scheme", "light")


_MOVING = """() => {
    const found = [], seconds = (text) => Math.max(...text.split(",").map(parseFloat));
    const walk = (root) => {
        for (const element of root.querySelectorAll("*")) {
            const { transitionDuration, animationDuration, animationName } = getComputedStyle(element);
            const animated = animationName === "none" ? 0 : seconds(animationDuration);
            if (Math.max(seconds(transitionDuration), animated) > 0.001) found.push(element.outerHTML.slice(0, 200));
            if (element.shadowRoot) walk(element.shadowRoot);
        }
    };
    walk(document);
    return found;
}"""
"""What would move, also within our components, which stand in shadow trees of their own."""


def test_the_keyboard_reaches_everything_is_seen_there_and_gets_out_again(browser: Browser, lived_in: LivedIn) -> None:
    """From the page's top to its end, Tab by Tab; links and buttons show a ring."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    try:
        page.goto(lived_in.address + "/")
        _settle(page)
        page.locator(".answers").wait_for()
        reached = []
        for _ in range(100):
            page.keyboard.press("Tab")
            if (focused := page.evaluate(_FOCUSED)) is None:
                break
            reached.append(focused)
    finally:
        page.close()
    assert len(reached) < 100, "the keyboard is caught"
    assert {
        "Main menu",
        "Pad",
        "Drawing pad",
        "Pen width",
        "Step by step",
        "Models that answer",
        "Writer",
        "Start",
    } <= {one["name"] for one in reached}
    assert [one for one in reached if one["tag"] in ("A", "BUTTON", "SUMMARY") and not one["ring"]] == []


_FOCUSED = """() => {
    let element = document.activeElement;
    while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
    if (!element || element === document.body) return null;
    const { outlineStyle } = getComputedStyle(element);
    const name = element.getAttribute("aria-label") ?? element.textContent;
    return { tag: element.tagName, name, ring: outlineStyle !== "none" };
}"""


@pytest.mark.parametrize(
    "path",
    [
        "/train",
        pytest.param("/compare?data=sklearn&compared=softmax,cnn,champion,cnn-mnist", marks=pytest.mark.long),
        "/handwriting",
        "/sweeps",
    ],
)
def test_on_a_phone_nothing_is_cut_off_without_a_sign(path: str, browser: Browser, lived_in: LivedIn) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 844})
    page.set_default_timeout(PATIENCE)
    try:
        page.goto(lived_in.address + path)
        page.get_by_test_id("stMainBlockContainer").locator("table:visible, .dvn-scroller:visible").first.wait_for()
        page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()
        wide = page.evaluate(_WIDE)
    finally:
        page.close()
    assert wide, "there is a table that is wider than a phone"
    assert [one for one in wide if not one["sign"]] == []


_WIDE = """() => {
    const others = "svg, input, [data-testid=stSidebar], [data-testid=stMultiSelect]";
    const found = [];
    const walk = (root) => {
        for (const element of root.querySelectorAll("*")) {
            const style = getComputedStyle(element);
            const is_box = element.clientWidth > 100 && !element.closest(others);
            if (is_box && style.overflowX !== "visible" && element.scrollWidth > element.clientWidth + 4) {
                const sign = style.backgroundImage.includes("gradient") || style.animationName === "more-columns";
                found.push({ sign: sign || style.textOverflow === "ellipsis", html: element.outerHTML.slice(0, 120) });
            }
            if (element.shadowRoot) walk(element.shadowRoot);
        }
    };
    walk(document);
    return found;
}"""
"""Boxes whose content is wider than they are, and whether they show it: by a shadow, or by three dots."""


def _settle(page: Page) -> None:
    """Wait until the page has run and nothing on it has moved for half a second."""
    page.get_by_role("button", name="Start", exact=True).wait_for()
    page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()
    page.evaluate(
        """() => new Promise(done => {
            let timer = setTimeout(finish, 500);
            const watcher = new MutationObserver(() => { clearTimeout(timer); timer = setTimeout(finish, 500); });
            watcher.observe(document.body, { subtree: true, childList: true });
            function finish() { watcher.disconnect(); done(); }
        })"""
    )
