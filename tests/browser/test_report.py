"""The report in a real browser, on screens and on paper: nothing is cut off, covered or left alone."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2  # type: ignore[import-untyped]
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from digitlab.config import TrainConfig
from digitlab.report.page import write_report
from digitlab.runs.run import Run, now
from digitlab.runs.scores import Scores
from digitlab.runs.status import State, Status

OpenReport = Callable[..., Page]

_TICKS = """() => [...document.querySelectorAll(".js-plotly-plot")].flatMap((plot) => {
    const boxes = [...plot.querySelectorAll(".xtick text, .ytick text")].map((text) => text.getBoundingClientRect());
    const apart = (a, b) => a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top;
    const title = plot.layout.title.text;
    return boxes.flatMap((a, i) => boxes.slice(i + 1).filter((b) => !apart(a, b)).map(() => title));
})"""
"""The titles of the figures in which one axis' number lies on another."""

_LEGENDS = """() => [...document.querySelectorAll(".js-plotly-plot")].flatMap((plot) => {
    const frame = plot.getBoundingClientRect();
    const entries = [...plot.querySelectorAll(".legend .traces")];
    const texts = entries.map((entry) => entry.querySelector(".legendtext").getBoundingClientRect());
    const lines = entries.map((entry) => entry.querySelector(".legendlines").getBoundingClientRect());
    const cut = texts.filter((box) => box.right > frame.right || box.bottom > frame.bottom);
    const covered = texts.filter((text) => lines.some((line) => Math.abs(line.top - text.top) < text.height
        && line.left > text.left && line.left < text.right));
    return [...cut, ...covered].map(() => plot.layout.title.text);
})"""
"""The titles of the figures of whose legends a name is cut off, or has the next entry's line on it."""


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report on 2,000 answers, most of them right, of a run with a history of 30 epochs."""
    folder = tmp_path_factory.mktemp("report")
    run = Run.create(folder, TrainConfig(model="softmax", data="sklearn"))
    run.write_status(Status(State.DONE, created=now(), updated=now(), chosen_epoch=30, steps=300))
    for number in range(1, 31):
        loss, accuracy = 0.5 / number, 1 - 0.1 / number
        part = {"train_loss": loss, "validation_loss": 1.1 * loss, "train_accuracy": accuracy}
        run.append_history({"epoch": number, "step": 10 * number, **part, "validation_accuracy": accuracy - 0.001})
    random = np.random.default_rng(5)
    labels = random.integers(0, 10, 2000)
    logits = (random.normal(0, 1, (2000, 10)) + 5.5 * np.eye(10)[labels]).astype(np.float32)
    images = random.integers(0, 255, (2000, 28, 28), np.uint8)
    file = folder / "report.html"
    file.write_text(write_report(run, "MNIST", Scores(logits, labels, "softmax", "w", "i"), images), encoding="utf-8")
    return file


@pytest.fixture
def open_report(browser: Browser, report: Path) -> Iterator[OpenReport]:
    """Opens the report in a window of its own: open_report(viewport={"width": 390, "height": 844})."""
    contexts: list[BrowserContext] = []

    def open_window(**how: Any) -> Page:
        context = browser.new_context(**{"viewport": {"width": 1440, "height": 900}, **how})
        contexts.append(context)
        page = context.new_page()
        page.goto(report.as_uri())
        expect(page.locator(".js-plotly-plot .main-svg").last).to_be_attached()
        return page

    yield open_window
    for context in contexts:
        context.close()


@pytest.mark.long
@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844)])
def test_no_number_of_an_axis_lies_on_another_and_no_legend_is_cut(
    open_report: OpenReport, width: int, height: int
) -> None:
    page = open_report(viewport={"width": width, "height": height})
    assert page.evaluate(_TICKS) == []
    assert page.evaluate(_LEGENDS) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_on_a_phone_no_title_lies_under_the_tools_and_no_matrix_has_a_gap_below(open_report: OpenReport) -> None:
    page = open_report(viewport={"width": 390, "height": 844})
    expect(page.locator(".js-plotly-plot .gtitle").first).to_be_visible()
    assert page.evaluate(_COVERED) == []
    page.wait_for_function(f"Math.max(...({_GAPS})()) < 75")  # pixels, with the axis' numbers and its name
    assert len(page.evaluate(_GAPS)) == 3


_COVERED = """() => [...document.querySelectorAll(".js-plotly-plot")].filter((plot) => {
    const title = plot.querySelector(".gtitle").getBoundingClientRect();
    const tools = plot.querySelector(".modebar").getBoundingClientRect();
    return tools.left < title.right && tools.bottom > title.top + 2;
}).map((plot) => plot.layout.title.text)"""

_GAPS = """() => {
    const below = (plot) => plot.querySelector(".heatmaplayer").getBoundingClientRect().bottom;
    const squares = [...document.querySelectorAll(".js-plotly-plot")].filter((one) => one.layout.yaxis.scaleanchor);
    return squares.map((plot) => plot.getBoundingClientRect().bottom - below(plot));
}"""


@pytest.mark.parametrize("millimetres", [288, 297])
@pytest.mark.long
def test_on_paper_no_heading_stands_alone_at_the_foot_of_a_page(
    open_report: OpenReport, tmp_path: Path, millimetres: int
) -> None:
    page = open_report()
    headings = page.locator("h2").all_inner_texts()
    page.pdf(path=tmp_path / "report.pdf", width="210mm", height=f"{millimetres}mm")
    room = room_below(tmp_path / "report.pdf", headings)
    assert set(room) == set(headings)
    assert {heading: points for heading, points in room.items() if points < ROOM} == {}


ROOM = 40
"""Points that must follow on the page of a heading: more than one line of a text below it."""


def room_below(file: Path, headings: list[str]) -> dict[str, float]:
    """Heading → how far below it the text of its page goes on, in points; the least where it is printed more than once.

    By place, not by order: the numbers and names of figures come last in a page's stream, wherever they stand.
    """
    room: dict[str, float] = {}
    document = pypdfium2.PdfDocument(file)
    for sheet in document:
        text = sheet.get_textpage()
        written = [at for at in range(text.count_chars()) if text.get_text_range(at, 1).strip()]
        lowest = min(text.get_charbox(at)[1] for at in written)
        for heading in headings:
            search = text.search(heading, match_case=True)
            while (found := search.get_next()) is not None:
                below = text.get_charbox(found[0])[1] - lowest
                room[heading] = min(below, room.get(heading, below))
    document.close()
    return room


def test_a_figure_of_the_report_is_saved_under_a_name_that_says_what_it_is(open_report: OpenReport) -> None:
    page = open_report()
    for kind in ("PNG", "SVG"):
        with page.expect_download() as taken:
            page.get_by_role("button", name=f"Save ROC, each digit against the rest as {kind}").click()
        assert re.fullmatch(
            rf"digitlab-.*softmax.*-mnist-roc-each-digit-against-the-rest\.{kind.lower()}",
            taken.value.suggested_filename,
        )


@pytest.mark.long
def test_precision_and_recall_are_shown_whole_and_zoomed(open_report: OpenReport) -> None:
    ranges = open_report().evaluate(
        """() => Object.fromEntries([...document.querySelectorAll(".js-plotly-plot")]
        .map((plot) => [plot.layout.title.text, plot.layout.yaxis.range]))"""
    )
    assert ranges["Precision and recall of each digit"][0] == 0, json.dumps(ranges)
    assert ranges["Precision and recall, zoomed from 90 % on"][0] == 0.9
