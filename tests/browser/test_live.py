"""The live channel in a real browser: every surface answers while the pen is down, and a broken connection costs
nothing."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, WebSocketRoute, expect

from digitlab.ink.link import from_link
from tests.browser.drawing_page import TRAJECTORIES, DrawingPage, Stroke, at_rest
from tests.browser.served import ROOT, free_port, served

SESSION, CHANNEL = re.compile("/_stcore/stream"), re.compile("/api/live")
NOTE = "No connection."

OpenWindow = Callable[..., DrawingPage]


class Gate:
    """Lets a socket's messages from the browser through to the server, or holds them back; can break it off."""

    def __init__(self) -> None:
        self.is_open = True
        self.refused = 0
        self.sockets: list[WebSocketRoute] = []

    def route(self, page: Page, pattern: "re.Pattern[str]") -> None:
        page.route_web_socket(pattern, self._connect)

    def _connect(self, socket: WebSocketRoute) -> None:
        if not self.is_open:
            self.refused += 1
            socket.close(code=1013)
            return
        self.sockets.append(socket)
        server = socket.connect_to_server()
        socket.on_message(lambda message: server.send(message) if self.is_open else None)


@pytest.fixture
def open_window(browser: Browser, app_address: str) -> Iterator[OpenWindow]:
    """Opens the app in a window of its own; prepare(page) is called before that. Broken connections are no trouble."""
    contexts: list[BrowserContext] = []

    def open_at(
        query: str = "", address: str = app_address, prepare: Callable[[Page], Any] = bool, **how: Any
    ) -> DrawingPage:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 800}, **how})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(150_000)
        prepare(page)
        page.goto(f"{address}/{query}")
        return DrawingPage(page, address)

    yield open_at
    for context in contexts:
        context.close()


def with_silent_session(open_window: OpenWindow, query: str, ready: str) -> DrawingPage:
    """The page at an address, whose session hears nothing any more: what changes now comes over the live channel."""
    session = Gate()
    draw = open_window(query, prepare=lambda page: session.route(page, SESSION))
    draw.page.locator(ready).first.wait_for()
    settle(draw.page)
    session.is_open = False
    return draw


def settle(page: Page) -> None:
    page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()


def test_the_pad_is_answered_while_the_pen_is_down_without_the_session(open_window: OpenWindow) -> None:
    draw = with_silent_session(open_window, "", ".answers")
    draw.draw_and_stay(TRAJECTORIES["3"][0])
    draw.wait_for_digit("cnn", 3)
    expect(draw.page.locator(".verdict")).to_contain_text("3")
    draw.page.mouse.up()
    draw.press_button("Clear")
    draw.wait_for_digit("cnn", "")


def test_the_wide_pad_boxes_and_reads_digits_while_one_writes(open_window: OpenWindow) -> None:
    draw = with_silent_session(open_window, "?surface=Number", ".numbers")
    for index, digit in enumerate("37"):
        for stroke in TRAJECTORIES[digit]:
            draw.draw_and_stay([[x + 250 * index, y] for x, y in stroke])
            if digit == "3":
                draw.page.locator('.numbers article[aria-label="cnn"][data-number="3"]').wait_for()
                draw.page.mouse.up()
    draw.page.locator('.numbers article[aria-label="cnn"][data-number="37"]').wait_for()
    draw.page.mouse.up()


def test_the_steps_follow_the_pen_with_a_step_left_out(open_window: OpenWindow) -> None:
    draw = with_silent_session(open_window, "?panels=steps&preparation=crop,scale,centre", ".answers")
    expect(draw.page.locator(".steps li.off")).to_have_count(0)
    draw.draw_and_stay(TRAJECTORIES["7"][0])
    expect(draw.page.locator("ol.steps > li")).to_have_count(5)
    expect(draw.page.locator("ol.steps > li.off")).to_have_count(1)
    first = draw.page.locator("ol.steps img").first
    before = first.get_attribute("src") or ""
    draw.page.mouse.move(*draw.to_screen([[250, 250]])[0], steps=5)
    expect(first).not_to_have_attribute("src", before)
    draw.page.mouse.up()


def test_the_canvas_with_tools_is_answered_while_the_pen_is_down(open_window: OpenWindow) -> None:
    draw = with_silent_session(open_window, "?surface=Canvas+with+tools", ".upper-canvas")
    draw.page.locator(".answers").wait_for()
    draw.page.locator(".st-key-draw-canvas[data-seen]").wait_for()
    box = at_rest(draw.page.locator(".upper-canvas")).bounding_box()
    assert box
    scale = box["height"] / 280
    first, *rest = [(box["x"] + x * scale, box["y"] + y * scale) for x, y in TRAJECTORIES["3"][0]]
    draw.page.mouse.move(*first)
    draw.page.mouse.down()
    for point in rest:
        draw.page.mouse.move(*point, steps=2)
    draw.wait_for_digit("cnn", 3)
    draw.page.mouse.up()


@pytest.mark.long
def test_without_the_channel_the_page_answers_by_itself(open_window: OpenWindow) -> None:
    channel = Gate()
    channel.is_open = False
    draw = open_window(prepare=lambda page: channel.route(page, CHANNEL)).ready()
    draw.draw_and_stay(TRAJECTORIES["3"][0])
    draw.wait_for_digit("cnn", 3)
    expect(draw.page.get_by_text(NOTE)).to_be_hidden()
    assert channel.refused, "the page asked for the channel and did without"


@pytest.mark.long
def test_two_tabs_have_a_drawing_each(open_window: OpenWindow) -> None:
    one, other = open_window(), open_window()
    for draw in (one, other):
        draw.ready()
    one.draw_and_stay(TRAJECTORIES["3"][0])
    other.draw_and_stay(TRAJECTORIES["7"][0])
    one.wait_for_digit("cnn", 3)
    other.wait_for_digit("cnn", 7)
    one.page.mouse.up()
    one.press_button("Clear")
    one.wait_for_digit("cnn", "")
    other.wait_for_digit("cnn", 7)


@pytest.mark.long
def test_a_server_that_restarts_in_mid_stroke_costs_nothing(open_window: OpenWindow, tmp_path: Path) -> None:
    port, stroke = free_port(), TRAJECTORIES["3"][0]
    half = len(stroke) // 2
    with served(ROOT / "app.py", tmp_path, "/api/health", port) as address:
        draw = open_window(address=address)
        draw.ready()
        draw.draw_and_stay(stroke[:half])
        draw.wait_for_any_digit("cnn")
    for point in draw.to_screen(stroke[half:]):
        draw.page.mouse.move(*point, steps=2)
    expect(draw.page.get_by_text(NOTE)).to_be_visible(timeout=150_000)
    ink = draw.white_pixels()
    with served(ROOT / "app.py", tmp_path, "/api/health", port):
        draw.wait_for_digit("cnn", 3)
        expect(draw.page.get_by_text(NOTE)).to_be_hidden(timeout=150_000)
        draw.page.mouse.up()
        settle(draw.page)
        assert draw.white_pixels() == ink
        draw.wait_for_digit("cnn", 3)
        draw.page.get_by_role("link", name="Inside", exact=True).click()
        draw.page.get_by_role("heading", level=1).filter(has_not_text="Draw").wait_for()
        draw.page.get_by_role("link", name="Draw", exact=True).click()
        draw.wait_for_digit("cnn", 3)
        assert draw.white_pixels() == ink


@pytest.mark.long
def test_labels_given_and_taken_back_over_a_broken_connection_count_once(
    open_window: OpenWindow, tmp_path: Path
) -> None:
    port = free_port()
    with served(ROOT / "app.py", tmp_path, "/api/health", port) as address:
        draw = open_window(address=address)
        draw.ready()
        draw.draw(TRAJECTORIES["4"])
        draw.wait_for_digit("cnn", 4)
        draw.say(9)
        draw.page.get_by_text("Added to My handwriting as 9").first.wait_for()
        settle(draw.page)
    draw.press_button("Undo")
    draw.press_button("Clear")
    draw.draw(TRAJECTORIES["3"])
    draw.say(3)
    draw.press_button("Undo")
    draw.press_button("Redo")
    with served(ROOT / "app.py", tmp_path, "/api/health", port):
        expect(draw.page.get_by_text(NOTE)).to_be_hidden(timeout=150_000)
        draw.draw(TRAJECTORIES["7"])
        draw.wait_for_digit("cnn", 7)
        draw.say(7)
        draw.wait_for_digit("cnn", "")
        draw.page.get_by_text("Added to My handwriting as 7").first.wait_for()
        settle(draw.page)
    lines = (tmp_path / "data" / "mine" / "digits.jsonl").read_text().splitlines()
    assert [json.loads(line)["digit"] for line in lines] == [3, 7]


@pytest.mark.parametrize(("width", "height"), [(390, 844), (390, 660), (844, 340)])
def test_a_phone_shows_pad_tools_and_answers_together(open_window: OpenWindow, width: int, height: int) -> None:
    draw = open_window(viewport={"width": width, "height": height}, has_touch=True, is_mobile=True).ready()
    draw.draw(TRAJECTORIES["3"])
    draw.wait_for_digit("cnn", 3)
    needed = [draw.canvas, draw.page.locator(".tools"), *(draw.card(model).locator(".reading") for model in MODELS)]
    for part in needed:
        box = part.bounding_box()
        assert box
        assert box["x"] >= 0
        assert box["y"] >= 0
        assert box["x"] + box["width"] <= width
        assert box["y"] + box["height"] <= height
    assert draw.page.evaluate("document.documentElement.scrollWidth") == width


MODELS = ("softmax", "cnn")

LATE_PAD = """
window.Blob = class extends Blob {
    constructor(parts, options) {
        const isPad = (part) => typeof part === "string" && part.includes("class InkPad");
        super(parts.map((part) => (isPad(part) ? `await window.mayListen;\n${part}` : part)), options);
    }
};
window.mayListen = new Promise((listen) => (window.letThePadListen = listen));
"""
"""The pad's script, as a slow phone has it: Streamlit imports it from a blob once the pad's HTML is on the page."""


@pytest.mark.long
def test_whatever_is_pressed_after_a_stroke_works_with_what_was_drawn(open_window: OpenWindow) -> None:
    def let_only_answers_tell_the_session(page: Page) -> None:
        channel.route(page, CHANNEL)
        page.add_init_script(
            """const soon = window.setTimeout;
            window.setTimeout = (call, ms, ...rest) => ([250, 600].includes(ms) ? 0 : soon(call, ms, ...rest));"""
        )

    def draw_unanswered(stroke: Stroke) -> None:
        draw.draw([stroke])
        expect(draw.page.locator(".pad[data-news]")).to_be_visible()

    channel = Gate()
    draw = open_window("?models=cnn", prepare=let_only_answers_tell_the_session).ready()
    draw.draw([[[100, 60], [180, 60]]])
    draw.wait_for_any_digit("cnn")
    draw.wait_for_session()
    channel.is_open = False
    draw_unanswered([[180, 60], [120, 220]])
    draw.page.get_by_role("button", name="Link", exact=True).click()
    draw.page.get_by_text("With my drawing", exact=True).click()
    field = draw.page.get_by_role("textbox", name="Link", exact=True)
    expect(field).to_have_value(re.compile("ink="))
    assert len(from_link(parse_qs(field.input_value())["ink"][0]).ink) == 2
    draw_unanswered([[100, 140], [170, 140]])
    draw.choose_surface("Canvas with tools")
    draw.page.locator(".upper-canvas").last.wait_for()
    draw.choose_surface("Pad")
    expect(draw.page.get_by_label("The drawing, 3 strokes")).to_be_visible()


def test_a_pen_that_is_down_before_the_pad_listens_draws_from_then_on(open_window: OpenWindow) -> None:
    draw = open_window(prepare=lambda page: page.add_init_script(LATE_PAD))
    draw.page.locator(".answers").wait_for()
    deaf = at_rest(draw.page.locator(".pad[aria-busy=true] canvas"))
    box = deaf.bounding_box()
    assert box
    first, *rest = TRAJECTORIES["3"][0]
    scale = box["height"] / 280
    draw.page.mouse.move(box["x"] + first[0] * scale, box["y"] + first[1] * scale)
    draw.page.mouse.down()
    draw.page.evaluate("letThePadListen()")
    draw.canvas.wait_for()
    for point in draw.to_screen(rest):
        draw.page.mouse.move(*point, steps=2)
    draw.wait_for_digit("cnn", 3)
    draw.page.mouse.up()
    expect(draw.canvas).to_have_attribute("aria-label", "The drawing, 1 stroke")


def test_a_mouse_that_comes_over_the_fresh_pad_draws_nothing(open_window: OpenWindow) -> None:
    draw = open_window().ready()
    draw.page.mouse.move(*draw.to_screen([[60, 60]])[0])
    draw.page.mouse.move(*draw.to_screen([[200, 200]])[0], steps=5)
    draw.page.mouse.click(5, 5)
    assert draw.white_pixels() == 0


@pytest.mark.long
def test_the_title_names_the_page_and_the_address_the_surface(open_window: OpenWindow) -> None:
    draw = open_window()
    draw.page.locator(".answers").wait_for()
    expect(draw.page).to_have_title("Draw · digitlab")
    draw.choose_surface("Number")
    draw.page.wait_for_url("**/?*surface=Number*")
    draw.page.reload()
    draw.page.locator(".numbers").wait_for()
    draw.page.get_by_role("link", name="Inside", exact=True).click()
    expect(draw.page).to_have_title("Inside · digitlab")
