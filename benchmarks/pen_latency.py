"""How long the app takes to answer a pen, measured in a real Chromium against a server of its own.

`python -m benchmarks.pen_latency [STROKES]` (default 50): with the two default models,

- pen-up → answer: from the browser's pointerup event to the last change of the answers that follows it;
- answers per second: changes of the answers while the pen moves, per second of moving;
- first page: from starting the server to a page with pad and cards in a browser that was already open.

Digits are drawn at the speed of a hand. Nothing else should run on the machine.
"""

import itertools
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TypedDict

from playwright.sync_api import Browser, Page, sync_playwright
from playwright.sync_api import Error as BrowserError

from tests.browser.drawing_page import TRAJECTORIES, DrawingPage, Stroke
from tests.browser.served import CHROMIUM_FLAGS, ROOT, chromium, served

STEP = 0.012
"""Seconds from one mouse move to the next: about what a mouse sends while a hand draws."""

WATCH = """
    const root = [...document.querySelectorAll("*")].find((e) => e.shadowRoot?.querySelector(".answers")).shadowRoot;
    const pad = [...document.querySelectorAll("*")].find((e) => e.shadowRoot?.querySelector(".pad")).shadowRoot;
    window.times = { changes: [], down: 0, up: 0 };
    new MutationObserver(() => times.changes.push(performance.now())).observe(
        root.querySelector(".answers"), { subtree: true, attributes: true, characterData: true, childList: true });
    const canvas = pad.querySelector("canvas");
    canvas.addEventListener("pointerdown", () => { times = { changes: [], down: performance.now(), up: 0 }; }, true);
    canvas.addEventListener("pointerup", () => { times.up = performance.now(); }, true);
"""
QUIET = "() => times.up && performance.now() - Math.max(times.up, times.changes.at(-1) ?? 0) > 400"


class Times(TypedDict):
    """One stroke, in ms of the browser's clock."""

    changes: list[float]
    down: float
    up: float


def first_page(browser: Browser) -> float:
    """Seconds from starting the server to a page that can be drawn on."""
    page = browser.new_page()
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        with served(ROOT / "app.py", Path(folder), "/api/health") as address:
            _open_stubbornly(page, address)
            page.locator(".pad canvas").wait_for()
            page.locator(".card").first.wait_for()
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


def measure_strokes(browser: Browser, count: int) -> list[Times]:
    """Draw digits, one stroke each, and give back when the browser saw what."""
    strokes = itertools.cycle([ink[0] for ink in TRAJECTORIES.values() if len(ink) == 1])
    with tempfile.TemporaryDirectory() as folder, served(ROOT / "app.py", Path(folder), "/api/health") as address:
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        draw = DrawingPage(page, address).open()
        _draw(draw, next(strokes))
        draw.wait_for_any_digit("cnn")  # by now the models are loaded
        page.evaluate(WATCH)
        return [_measure(draw, stroke) for stroke in itertools.islice(strokes, count)]


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


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_FLAGS)
        starts = [first_page(browser) for _ in range(3)]
        strokes = measure_strokes(browser, count)
        browser.close()
    waits = sorted(max(s["changes"], default=s["up"]) - s["up"] for s in strokes)
    rates = [sum(c < s["up"] for c in s["changes"]) / ((s["up"] - s["down"]) / 1000) for s in strokes]
    print(f"{'pen-up → answer, median':<28}{statistics.median(waits):8.0f} ms   aim 40")
    print(f"{'pen-up → answer, p95':<28}{waits[int(0.95 * (len(waits) - 1))]:8.0f} ms   aim 60")
    print(f"{'answers per second, median':<28}{statistics.median(rates):8.1f}      aim 8")
    print(f"{'first page, median of 3':<28}{statistics.median(starts):8.1f} s    aim 4")


if __name__ == "__main__":
    main()
