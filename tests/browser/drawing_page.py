"""The Draw page as a hand and an eye in a real browser."""

import json
from pathlib import Path

from playwright.sync_api import Locator, Page

from digitlab.ink.strokes import CANVAS, Ink

TRAJECTORIES: dict[str, Ink] = json.loads(Path(__file__).with_name("trajectories.json").read_text())
"""Digits written by hand for these tests: digit -> strokes in canvas pixels."""

Stroke = list[list[float]]


def at_rest(place: Locator) -> Locator:
    """A place that the mouse is to go to: seen, covered by nothing, and no longer moving."""
    place.hover(trial=True)
    return place


class DrawingPage:
    """What one does on Draw and what one sees there."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address

    def open(self, query: str = "") -> "DrawingPage":
        self.page.goto(self.address + "/" + query)
        return self.ready()

    def ready(self) -> "DrawingPage":
        """Wait until the pad takes strokes, and the answers are there to follow them."""
        at_rest(self.canvas)
        self.page.locator(".answers, .numbers").first.wait_for()
        return self

    @property
    def canvas(self) -> Locator:
        """The pad's canvas, once its script listens: its HTML is there a moment before."""
        return self.page.locator(".pad:not([aria-busy]) canvas")

    def to_screen(self, points: Stroke) -> list[tuple[float, float]]:
        """Points of the canvas in pixels of the window."""
        box = self.canvas.bounding_box()
        assert box is not None
        scale = box["height"] / CANVAS
        return [(box["x"] + x * scale, box["y"] + y * scale) for x, y in points]

    def draw(self, ink: Ink, steps: int = 2) -> None:
        """Draw with the mouse, stroke by stroke. steps: mouse moves from point to point."""
        for stroke in ink:
            self.draw_and_stay(stroke, steps)
            self.page.mouse.up()

    def draw_and_stay(self, stroke: Stroke, steps: int = 2) -> None:
        """Draw a stroke and leave the pen down."""
        at_rest(self.canvas)
        first, *rest = self.to_screen(stroke)
        self.page.mouse.move(*first)
        self.page.mouse.down()
        for point in rest:
            self.page.mouse.move(*point, steps=steps)

    def wait_for_session(self) -> None:
        """Wait until the session knows the drawing and the page rests."""
        self.page.locator(".pad:not([data-news])").wait_for()
        self.page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()

    def press_button(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def card(self, model: str) -> Locator:
        return self.page.locator(f'article[aria-label="{model}"]')

    def wait_for_digit(self, model: str, digit: int | str) -> None:
        """Wait until a model's card shows this digit; an empty one: until it shows none."""
        self.page.locator(f'article[aria-label="{model}"][data-digit="{digit}"]').wait_for()

    def wait_for_any_digit(self, model: str) -> int:
        card = self.page.locator(f'article[aria-label="{model}"]:not([data-digit=""])')
        card.wait_for()
        return int(card.get_attribute("data-digit") or -1)

    def choose_surface(self, name: str) -> None:
        self.page.get_by_role("radiogroup").get_by_text(name, exact=True).click()

    def number(self, model: str) -> Locator:
        """What a model reads on the wide pad; its attribute data-number holds the digits."""
        return self.page.locator(f'.numbers article[aria-label="{model}"]')

    def say(self, digit: int) -> None:
        """Label the drawing."""
        article = "an" if digit == 8 else "a"
        self.page.get_by_role("button", name=f"This is {article} {digit}", exact=True).click()

    def white_pixels(self) -> int:
        """How many canvas pixels show ink, once the pad has painted what it knows."""
        count: int = self.canvas.evaluate(
            """async canvas => {
                const frame = () => new Promise(requestAnimationFrame);
                await frame();
                await frame();
                const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
                let white = 0;
                for (let i = 0; i < data.length; i += 4) if (data[i] > 200 && data[i + 2] > 200) white += 1;
                return white;
            }"""
        )
        return count
