"""Every lesson is walked in a real browser by its own links, and what it says is to be seen is looked for there."""

import json
import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FrameLocator, Locator, Page, expect

from digitlab.ui.lessons.lesson import TEXTS, Lesson, Link, read_lesson
from tests.browser.served import ROOT, served

PATIENCE = 90_000
"""Milliseconds; a loaded machine takes long."""

TRAINING = 600_000
"""The same for a training."""

FILES = sorted(TEXTS.glob("*.md"))
PAGES = sorted(file.stem for file in (ROOT / "pages").glob("*.py"))


class Walk:
    """A pupil who goes through a lesson."""

    def __init__(self, page: Page, address: str, lesson: Lesson, runs: Path) -> None:
        self.page, self.address, self.lesson, self.runs = page, address, lesson, runs

    def open(self) -> None:
        self.page.goto(f"{self.address}/lessons")
        self.page.get_by_role("button", name=f"{self.lesson.number} · {self.lesson.title}").click()
        self.page.get_by_role("heading", name="Before you look").wait_for()

    def answer(self) -> FrameLocator:
        """Answer the question; gives back the figure, which was not there before."""
        expect(self.page.get_by_role("heading", name="What to see")).to_have_count(0)
        expect(self.page.locator("iframe")).to_have_count(0)
        self.page.get_by_text(self.lesson.answers[0], exact=True).click()
        self.page.get_by_role("heading", name="What to see").wait_for()
        return self.page.frame_locator("iframe")

    def follow(self, label: str) -> None:
        """A step's link, by its label."""
        self.page.get_by_role("link", name=label).click()
        self.page.wait_for_url(lambda url: "/lessons" not in url)

    def back(self) -> None:
        """To the lesson, by the navigation; the answer is still given."""
        self.page.get_by_test_id("stSidebarNav").get_by_role("link", name="Lessons").click()
        self.page.get_by_role("button", name=f"Go on with lesson {self.lesson.number}").click()
        self.page.get_by_role("heading", name="What to see").wait_for()

    def claims(self, words: str) -> str:
        """The same words, which the lesson must say below "What to see"."""
        said = self.lesson.sections["What to see"].replace("*", "").replace("\n", " ")
        assert words in said, f"the lesson does not say {words}"
        return words

    def reads(self, place: Page | FrameLocator, model: str, digit: int, share: str = "") -> None:
        """What a model's card says. share: its probability, which the lesson says, too."""
        card = place.locator(f'article[aria-label="{model}"][data-digit="{digit}"]')
        card.wait_for()
        if share:
            self.sees(card, self.claims(f"{share} %"))

    def sees(self, place: Page | FrameLocator | Locator, words: str) -> None:
        """Words on the page; whatever kind of space stands between them."""
        pattern = re.compile(r"\s*".join(map(re.escape, words.split())))
        place.get_by_text(pattern).first.wait_for()

    def loss_after(self, label: str, epochs: int, name: str) -> dict[str, list[float]]:
        """Follow a link that sets the training form, start it, and wait for its end: the losses of its epochs.

        name: what the link calls the run; until it stands in the form, the form is that of before.
        """
        self.follow(label)
        form = self.page.get_by_test_id("stSidebar")
        expect(form.get_by_label("Name", exact=True)).to_have_value(name)
        before = set(self.runs.glob("*/config.json"))
        start = self.page.get_by_role("button", name="Start", exact=True)
        expect(start).to_be_enabled()
        start.click()
        self.page.wait_for_url(re.compile("run="))

        alt = self.page.get_by_text(f"{epochs} of {epochs} epochs, done")
        alt.wait_for(timeout=TRAINING)

        (config,) = set(self.runs.glob("*/config.json")) - before
        lines = [json.loads(line) for line in (config.parent / "history.jsonl").read_text().splitlines()]
        epochs_of = [line for line in lines if line.get("validation_loss") is not None]
        assert len(epochs_of) == epochs
        return {
            key: [line[key] for line in epochs_of] for key in ("train_loss", "validation_loss", "validation_accuracy")
        }


def see_784_numbers(walk: Walk, figure: FrameLocator) -> None:
    walk.claims("784 numbers")
    walk.claims("98 are not 0")
    walk.sees(figure, "784 numbers; 98 of them are not 0.")
    cells = figure.get_by_role("region", name="The grey values of the image").get_by_role("cell")
    expect(cells).to_have_count(784)
    assert sum(text != "0" for text in cells.all_inner_texts()) == 98
    walk.follow("Open the 7, step by step")
    walk.reads(walk.page, "softmax", 7)
    expect(walk.page.locator(".steps > li")).to_have_count(5)


def see_a_weight(walk: Walk, figure: FrameLocator) -> None:
    for number in ("+11.47", "−10.99", "+0.72, place 3 of 10"):
        walk.sees(figure, walk.claims(number))
    walk.follow("Look into the softmax regression")
    for number in ("+11.40", "−2.22", "+9.43"):
        walk.sees(walk.page, walk.claims(number))
    walk.back()
    walk.follow("The clear 0")
    walk.reads(walk.page, "softmax", 0)
    walk.reads(walk.page, "cnn", 0)
    walk.back()
    walk.follow("The 0 with a stroke in the middle")
    walk.reads(walk.page, "softmax", 8)
    walk.reads(walk.page, "cnn", 0)


def see_learning_rates(walk: Walk, figure: FrameLocator) -> None:
    walk.sees(figure, "Choose several")
    low = walk.loss_after("Set the learning rate too low", 10, "too low")
    walk.back()
    right = walk.loss_after("Set it right", 10, "right")
    walk.back()
    high = walk.loss_after("Set it too high", 10, "too high")
    walk.claims("above 2.2")
    assert min(low["validation_loss"]) > 2.2
    assert max(low["validation_accuracy"]) < 0.2
    walk.claims("below 0.3")
    assert right["validation_loss"][-1] < 0.3
    assert 0.92 < right["validation_accuracy"][-1] < 0.99
    jumps = high["validation_loss"]
    assert min(jumps) > 10
    assert any(later > 1.2 * earlier for earlier, later in pairwise(jumps))
    walk.back()
    walk.follow("All runs, to choose several")
    walk.page.get_by_role("heading", name="All runs").wait_for()
    walk.page.wait_for_url(re.compile("several=True"))


def see_overfitting(walk: Walk, figure: FrameLocator) -> None:
    figure.get_by_role("heading", name="All runs").wait_for()
    few = walk.loss_after("Set 200 images", 40, "200 images")
    walk.back()
    every = walk.loss_after("Set all images", 10, "all images")
    walk.claims("below 0.001")
    assert few["train_loss"][-1] < 0.001
    lowest = min(few["validation_loss"])
    walk.claims("within the first 20 epochs")
    assert few["validation_loss"].index(lowest) < 20
    walk.claims("hundreds of times higher")
    assert few["validation_loss"][-1] > 200 * few["train_loss"][-1]
    walk.claims("higher at the end than at its lowest")
    assert few["validation_loss"][-1] > 1.05 * lowest
    assert every["validation_loss"][-1] < few["validation_loss"][-1]


def see_centring(walk: Walk, figure: FrameLocator) -> None:
    walk.reads(figure, "softmax", 7, "70.9")
    walk.reads(figure, "cnn", 1, "30.5")
    walk.sees(figure, walk.claims("not sure"))
    walk.sees(figure, "A lesson has set and locked: preparation.")
    walk.follow("All steps")
    walk.reads(walk.page, "softmax", 4, "98.3")
    walk.reads(walk.page, "cnn", 4, "100.0")
    walk.back()
    walk.follow("Without centring")
    walk.reads(walk.page, "softmax", 7)


def see_another_one(walk: Walk, figure: FrameLocator) -> None:
    walk.reads(figure, "cnn-mnist", 7, "96.7")
    walk.reads(figure, "cnn", 1, "84.7")
    walk.sees(figure.locator('article[aria-label="cnn"]'), walk.claims("not sure"))
    assert figure.get_by_text("483,626 parameters").count() == 2, "the same kind of model"
    walk.follow("A plain 1")
    walk.reads(walk.page, "cnn-mnist", 1)
    walk.reads(walk.page, "cnn", 1)
    walk.back()
    walk.follow("A 1 with a long upstroke")
    walk.reads(walk.page, "cnn-mnist", 7)


def see_a_shift(walk: Walk, figure: FrameLocator) -> None:
    walk.reads(figure, "softmax", 3, "65.9")
    walk.reads(figure, "cnn", 4, "100.0")
    walk.follow("The 4 in the middle")
    walk.reads(walk.page, "softmax", 4, "99.4")
    walk.reads(walk.page, "cnn", 4)
    walk.back()
    walk.follow("The 4 shifted to the right")
    walk.reads(walk.page, "softmax", 3)


def see_filters(walk: Walk, figure: FrameLocator) -> None:
    walk.sees(figure, walk.claims("32 filters of 5×5"))
    walk.sees(figure, "Feature maps of ReLU 1: 32 maps of 28×28")
    walk.follow("Look into the CNN")
    walk.page.get_by_role("slider", name="Epoch").first.press("Home")
    walk.sees(walk.page, "untrained")
    walk.back()
    walk.follow("The maps of the eighth convolution")
    walk.claims("128 maps of only 7×7")
    walk.sees(walk.page, "Feature maps of ReLU 8: 128 maps of 7×7")


def see_an_attack(walk: Walk, figure: FrameLocator) -> None:
    walk.reads(figure, "softmax", 9, "79.2")
    walk.reads(figure, "cnn", 4, "100.0")
    walk.follow("The 4 in the lab")
    walk.reads(walk.page, "softmax", 4)
    walk.reads(walk.page, "cnn", 4)
    walk.back()
    walk.follow("The CNN attacked")
    walk.reads(walk.page, "softmax", 4)
    walk.reads(walk.page, "cnn", 4, "99.9")


def see_doubt(walk: Walk, figure: FrameLocator) -> None:
    walk.sees(figure, f"Expected calibration error {walk.claims('0.24 %')}")
    walk.sees(figure, f"as trained: {walk.claims('0.57 %')}")
    walk.sees(figure, f"For an accuracy of 99.9 % it can answer {walk.claims('98.4 %')}")
    walk.follow("The scribble")
    walk.reads(walk.page, "softmax", 3, "87.2")
    walk.sees(walk.page.locator('article[aria-label="cnn"]'), walk.claims("not sure"))
    walk.back()
    walk.follow("Calibration of the softmax regression")
    walk.sees(walk.page, f"For an accuracy of 99.9 % it can answer {walk.claims('12.2 %')}")


WALKS: dict[str, Callable[[Walk, FrameLocator], None]] = {
    "01-a-digit-is-784-numbers": see_784_numbers,
    "02-what-a-weight-means": see_a_weight,
    "03-learning-rate": see_learning_rates,
    "04-overfitting-on-200-images": see_overfitting,
    "05-why-centring-matters": see_centring,
    "06-why-your-1-is-a-7": see_another_one,
    "07-softmax-against-cnn": see_a_shift,
    "08-what-a-convolution-sees": see_filters,
    "09-fooled-by-noise": see_an_attack,
    "10-how-sure-is-sure": see_doubt,
}
_LONG = ("04-overfitting-on-200-images",)
"""Lessons whose training takes minutes."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("lessons")


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    """The app with what ships: without MNIST, without runs."""
    with served(ROOT / "app.py", folder, "/api/health") as found:
        yield found


@pytest.fixture
def window(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    yield page
    context.close()
    assert not troubles


def test_every_lesson_has_a_walk() -> None:
    assert [file.stem for file in FILES] == sorted(WALKS)


@pytest.mark.parametrize("name", [pytest.param(n, marks=pytest.mark.slow if n in _LONG else ()) for n in WALKS])
@pytest.mark.long
def test_what_a_lesson_says_is_seen_on_the_pages_that_it_leads_to(
    name: str, window: Page, address: str, folder: Path
) -> None:
    walk = Walk(window, address, read_lesson(TEXTS / f"{name}.md", PAGES), folder / "runs")
    walk.open()
    WALKS[name](walk, walk.answer())


@pytest.mark.parametrize("name", WALKS)
@pytest.mark.long
def test_every_link_of_a_lesson_opens_without_a_complaint(name: str, window: Page, address: str) -> None:
    lesson = read_lesson(TEXTS / f"{name}.md", PAGES)
    links = [lesson.figure, *(one for part in lesson.sections for one in lesson.blocks(part) if isinstance(one, Link))]
    assert len(links) > 1
    for link in links:
        page = "" if link.page == "draw" else link.page
        query = "&".join(f"{key}={value}" for key, value in link.query.items())
        window.goto(f"{address}/{page}?{query}")
        window.get_by_role("button", name="Start", exact=True).wait_for()
        window.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()
        expect(window.get_by_role("alert")).to_have_count(0)


@pytest.mark.long
def test_on_a_phone_the_figure_stands_in_the_text_and_nothing_is_wider_than_the_page(
    browser: Browser, address: str
) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 660}, has_touch=True)
    page.set_default_timeout(PATIENCE)
    try:
        page.goto(f"{address}/lessons?lesson=05-why-centring-matters")
        page.get_by_text("Neither of them", exact=True).click()
        page.frame_locator("iframe").locator(".answers").wait_for()
        tops = [
            page.get_by_role("heading", name=name).evaluate("el => el.getBoundingClientRect().top")
            for name in ("Before you look", "What to see")
        ]
        figure = page.locator("iframe").evaluate("el => el.getBoundingClientRect().top")
        assert tops[0] < figure < tops[1]
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
    finally:
        page.close()


def test_on_paper_a_worksheet_is_alone(window: Page, address: str) -> None:
    window.goto(f"{address}/lessons?lesson=06-why-your-1-is-a-7&print=worksheet")
    window.get_by_role("heading", name="What I saw").wait_for()
    window.emulate_media(media="print")
    expect(window.get_by_test_id("stSidebar")).to_be_hidden()
    expect(window.get_by_role("button", name="Print")).to_be_hidden()
    expect(window.get_by_role("heading", name="What I saw")).to_be_visible()
