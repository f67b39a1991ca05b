"""How long the app takes to answer a pen, measured in a real Chromium against a server of its own.

`python -m benchmarks.pen_latency [STROKES]` (default 50): with the two default models, once over the live channel and
once with the channel refused, when the page's own runs answer:

- pen → answer: from the last point of a stroke to the frame that shows what is said of it;
- answers a second: changes of the answers while the pen moves, per second of moving;
- processor time: of the server, for each answer;

and for both together

- first page: from starting the server to a page with pad, cards and training form in a browser that was already open;
- a session: what the server's memory grows by for each further tab, of ten that each get a drawing.

Digits are drawn at the speed of a hand. Nothing else should run on the machine.
"""

import itertools
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, TypedDict

from playwright.sync_api import Browser, Page, sync_playwright
from playwright.sync_api import Error as BrowserError

from benchmarks.live import memory, processor_seconds, server_of
from tests.browser.drawing_page import TRAJECTORIES, DrawingPage, Stroke
from tests.browser.served import CHROMIUM_FLAGS, ROOT, WHOLE, chromium, served

STEP = 0.012
"""Seconds from one mouse move to the next: about what a mouse sends while a hand draws."""

WATCH = """
    const root = [...document.querySelectorAll("*")].find((e) => e.shadowRoot?.querySelector(".answers")).shadowRoot;
    const pad = [...document.querySelectorAll("*")].find((e) => e.shadowRoot?.querySelector(".pad")).shadowRoot;
    window.times = { changes: [], painted: [], down: 0, last: 0, up: 0 };
    const painted = new MessageChannel(); // a message sent in a frame's callback comes once the frame is painted
    painted.port1.onmessage = () => times.painted.push(performance.now());
    new MutationObserver(() => {
        times.changes.push(performance.now());
        requestAnimationFrame(() => painted.port2.postMessage(0));
    }).observe(root.querySelector(".answers"),
        { subtree: true, attributes: true, characterData: true, childList: true });
    const canvas = pad.querySelector("canvas");
    canvas.addEventListener("pointerdown", () => {
        times = { changes: [], painted: [], down: performance.now(), last: performance.now(), up: 0 };
    }, true);
    canvas.addEventListener("pointermove", () => { if (!times.up) times.last = performance.now(); }, true);
    canvas.addEventListener("pointerup", () => { times.up = performance.now(); }, true);
"""
QUIET = "() => times.up && performance.now() - Math.max(times.up, times.changes.at(-1) ?? 0) > 400"
"""Longer than the 250 ms after which the session learns of a stroke: its run is over, and counted, by the next one."""

CHANNEL = "**/api/live"
TABS = 10


class Times(TypedDict):
    """One stroke, in ms of the browser's clock. last: of its last point. painted: frames that show a change."""

    changes: list[float]
    painted: list[float]
    down: float
    last: float
    up: float


class Measured(NamedTuple):
    """Strokes, and the server's processor time in ms an answer."""

    strokes: list[Times]
    cost: float


def first_page(browser: Browser) -> float:
    """Seconds from starting the server to a page that can be drawn on, with the training form beside it."""
    page = browser.new_page()
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        with served(ROOT / "app.py", Path(folder), "/api/health") as address:
            _open_stubbornly(page, address)
            page.locator(".pad canvas").wait_for()
            page.locator(".card").first.wait_for()
            page.get_by_role("button", name="Start", exact=True).wait_for()
            seconds = time.perf_counter() - began
    page.close()
    return seconds


def _open_stubbornly(page: Page, address: str) -> None:
    while True:
        try:
            page.goto(address)
            return
        except BrowserError:
            time.sleep(0.05)


def measure_strokes(browser: Browser, count: int, is_live: bool) -> Measured:
    """Draw digits, one stroke each, and give back when the browser saw what. is_live: whether the channel is open."""
    strokes = itertools.cycle([ink[0] for ink in TRAJECTORIES.values() if len(ink) == 1])
    with tempfile.TemporaryDirectory() as folder, served(ROOT / "app.py", Path(folder), "/api/health") as address:
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        if not is_live:
            page.route_web_socket(CHANNEL, lambda socket: socket.close(code=1013))
        draw = DrawingPage(page, address).open()
        _draw(draw, next(strokes))
        draw.wait_for_any_digit("cnn")  # by now the models are loaded
        page.evaluate(WATCH)
        server = server_of(address)
        before = processor_seconds(server)
        found = [_measure(draw, stroke) for stroke in itertools.islice(strokes, count)]
        spent = processor_seconds(server) - before
        page.close()
    return Measured(found, 1000 * spent / sum(len(times["changes"]) for times in found))


def memory_a_session(browser: Browser) -> float:
    """MB that the server grows by for each further tab that draws."""
    with tempfile.TemporaryDirectory() as folder, served(ROOT / "app.py", Path(folder), "/api/health") as address:
        pages = [_drawn_on(browser, address)]
        server = server_of(address)
        before = memory(server)
        pages += [_drawn_on(browser, address) for _ in range(TABS)]
        grown = memory(server) - before
        for page in pages:
            page.close()
    return grown / TABS


def _drawn_on(browser: Browser, address: str) -> Page:
    page = browser.new_page()
    draw = DrawingPage(page, address).open()
    draw.draw(TRAJECTORIES["3"])
    draw.wait_for_any_digit("cnn")
    page.wait_for_timeout(1000)  # the session knows of the drawing by then
    return page


def _measure(draw: DrawingPage, stroke: Stroke) -> Times:
    draw.press_button("Clear")
    draw.wait_for_digit("cnn", "")
    _draw(draw, stroke)
    draw.page.wait_for_function(QUIET)
    times: Times = draw.page.evaluate("() => times")
    return times


def _draw(draw: DrawingPage, stroke: Stroke) -> None:
    first, *rest = draw.to_screen(_finer(stroke))
    draw.page.mouse.move(*first)
    draw.page.mouse.down()
    for point in rest:
        due = time.perf_counter() + STEP
        draw.page.mouse.move(*point)
        time.sleep(max(0.0, due - time.perf_counter()))
    draw.page.mouse.up()


def _finer(stroke: Stroke) -> Stroke:
    """The stroke with four points for one, so that it takes about as long as a hand takes."""
    parts = itertools.pairwise(stroke)
    return [[a[0] + (b[0] - a[0]) * k / 4, a[1] + (b[1] - a[1]) * k / 4] for a, b in parts for k in range(4)]


def _waits(strokes: list[Times]) -> list[float]:
    return sorted(max(one["painted"], default=one["last"]) - one["last"] for one in strokes)


def _rate(one: Times) -> float:
    return sum(change < one["up"] for change in one["changes"]) / ((one["up"] - one["down"]) / 1000)


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(WHOLE), args=CHROMIUM_FLAGS)
        starts = [first_page(browser) for _ in range(3)]
        measured = [measure_strokes(browser, count, is_live) for is_live in (True, False)]
        session = memory_a_session(browser)
        browser.close()
    rows: dict[str, tuple[Callable[[Measured], float], str]] = {
        "pen → answer painted, median, ms": (lambda one: statistics.median(_waits(one.strokes)), "20"),
        "pen → answer painted, p95, ms": (lambda one: _waits(one.strokes)[int(0.95 * (count - 1))], "35"),
        "answers a second, median": (lambda one: statistics.median(map(_rate, one.strokes)), "40"),
        "processor time an answer, ms": (lambda one: one.cost, "5"),
    }
    print(f"{'':<36}{'live':>8}{'page runs':>12}{'aim':>7}")
    for name, (figure, aim) in rows.items():
        print(f"{name:<36}{figure(measured[0]):8.1f}{figure(measured[1]):12.1f}{aim:>7}")
    print(f"{'first page, median of 3, s':<36}{statistics.median(starts):8.1f}{'':>12}{'3':>7}")
    print(f"{'memory a session, MB':<36}{session:8.1f}{'':>12}{'3':>7}")


if __name__ == "__main__":
    main()
