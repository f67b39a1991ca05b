"""Evaluate, in a real browser: a cell of the matrix is clicked, a model changed, a link copied, a file taken along."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

PATIENCE = 60_000
"""Milliseconds that the page may take; a loaded machine takes long."""

_PLACE_OF_CELL = """([true_, predicted]) => {
    const plot = document.querySelector(".st-key-confusion-matrix .js-plotly-plot");
    const { xaxis, yaxis } = plot._fullLayout;
    const box = plot.getBoundingClientRect();
    return [box.left + xaxis._offset + xaxis.d2p(predicted), box.top + yaxis._offset + yaxis.d2p(true_)];
}"""


class EvaluatePage:
    """What one does on Evaluate and what one sees there."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address

    def open(self, query: str = "?data=sklearn") -> "EvaluatePage":
        """Go to the page; without another query: on scikit-learn's digits, which are always here."""
        self.page.goto(f"{self.address}/evaluate{query}")
        expect(self.page.locator(".headline")).to_be_visible(timeout=PATIENCE)
        expect(self.page.locator(".st-key-confusion-matrix .heatmaplayer").first).to_be_visible(timeout=PATIENCE)
        return self

    def click_cell(self, true: int, predicted: int) -> None:
        x, y = self.settled_place(true, predicted)
        self.page.mouse.move(x, y, steps=3)
        words = f"{true} read as {predicted}" if true != predicted else f"{true} read right"
        expect(self.page.locator(".hoverlayer .hovertext").first).to_contain_text(words)  # plotly clicks what it hovers
        self.page.mouse.click(x, y)

    def settled_place(self, true: int, predicted: int) -> tuple[float, float]:
        """Where a cell is, once the page no longer changes and the matrix has stood still for half a second."""
        self.page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()
        before = None
        while (now := self.page.evaluate(_PLACE_OF_CELL, [true, predicted])) != before:
            before = now
            self.page.wait_for_timeout(500)
        return now[0], now[1]

    def words(self) -> list[str]:
        """What stands below each image of the first grid."""
        return self.page.locator(".grid").first.locator("button span").all_inner_texts()

    def wait_for_address(self, **wanted: str) -> None:
        def is_there(url: str) -> bool:
            query = {name: values[-1] for name, values in parse_qs(urlsplit(url).query).items()}
            return wanted.items() <= query.items()

        self.page.wait_for_url(is_there, timeout=PATIENCE)

    def heading(self, words: str) -> Any:
        return self.page.get_by_test_id("stMarkdown").filter(has_text=words).first


@pytest.fixture
def evaluate(browser: Browser, app_address: str) -> Iterator[Callable[..., EvaluatePage]]:
    """Opens a window of its own on the page: evaluate("?data=sklearn", color_scheme="dark")."""
    contexts: list[BrowserContext] = []

    def open_window(query: str = "?data=sklearn", **how: Any) -> EvaluatePage:
        context = browser.new_context(**{"viewport": {"width": 1440, "height": 900}, **how})
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        return EvaluatePage(context.new_page(), app_address).open(query)

    yield open_window
    for context in contexts:
        context.close()


def test_a_clicked_cell_shows_its_images_and_a_copied_link_shows_them_again(
    evaluate: Callable[..., EvaluatePage],
) -> None:
    seen = evaluate()
    seen.click_cell(0, 0)
    seen.wait_for_address(cell="0-0")
    expect(seen.heading("0 read right")).to_be_visible()
    assert set(seen.words()) == {"0 → 0"}
    image = seen.page.locator(".grid").first.locator("button").nth(2)
    index = image.get_attribute("value")
    image.click()
    seen.wait_for_address(cell="0-0", image=str(index))
    expect(seen.page.locator(".one figcaption").first).to_contain_text(f"image {index}")

    again = evaluate("?" + urlsplit(seen.page.url).query)
    expect(again.heading("0 read right")).to_be_visible()
    expect(again.page.locator(".one figcaption").first).to_contain_text(f"image {index}")
    assert again.words() == seen.words()


def test_a_second_cell_can_be_clicked_after_the_first(evaluate: Callable[..., EvaluatePage]) -> None:
    seen = evaluate()
    for digit in (1, 6):
        seen.click_cell(digit, digit)
        seen.wait_for_address(cell=f"{digit}-{digit}")
        expect(seen.heading(f"{digit} read right")).to_be_visible()


def test_another_model_shows_other_figures_and_back_shows_the_first(evaluate: Callable[..., EvaluatePage]) -> None:
    seen = evaluate("?model=softmax&data=sklearn")
    accuracy = seen.page.locator(".headline dd").first
    before = accuracy.inner_text()
    seen.page.get_by_test_id("stMain").get_by_role("combobox", name="Model").click()
    seen.page.get_by_role("option", name="cnn (cnn-deep)", exact=True).click()
    seen.wait_for_address(model="cnn")
    expect(accuracy).not_to_have_text(before)
    seen.page.go_back()
    expect(accuracy).to_have_text(before)


def test_shipped_scores_are_shown_without_the_data(evaluate: Callable[..., EvaluatePage]) -> None:
    seen = evaluate("?model=softmax&data=mnist")
    expect(seen.page.locator(".headline")).to_contain_text("of 10,000 images")
    expect(seen.page.get_by_text("The images are not on this computer").first).to_be_visible()


def test_the_report_is_taken_along_and_works_alone(evaluate: Callable[..., EvaluatePage], tmp_path: Path) -> None:
    seen = evaluate()
    with seen.page.expect_download(timeout=PATIENCE) as taken:
        seen.page.get_by_role("button", name="Report").click()
    file = tmp_path / "report.html"
    taken.value.save_as(file)
    fetched: list[str] = []
    report = seen.page.context.new_page()
    report.on("request", lambda request: fetched.append(request.url))
    report.goto(file.as_uri())
    expect(report.locator(".js-plotly-plot .main-svg").first).to_be_visible()
    assert [url for url in fetched if not url.startswith(("file:", "data:", "blob:"))] == []


def test_every_figure_is_saved_from_its_own_toolbar(evaluate: Callable[..., EvaluatePage]) -> None:
    seen = evaluate("?data=sklearn&figure=roc")
    plot = seen.page.locator(".st-key-ROC-curves .js-plotly-plot")
    plot.scroll_into_view_if_needed()
    plot.hover()
    with seen.page.expect_download(timeout=PATIENCE) as taken:
        plot.locator('.modebar-btn[data-title^="Download plot"]').click()
    assert taken.value.suggested_filename == "digitlab-ROC-curves.png"


def test_the_page_does_not_scroll_sideways_on_a_phone(evaluate: Callable[..., EvaluatePage]) -> None:
    seen = evaluate(viewport={"width": 390, "height": 844})
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= 390


def test_an_image_is_opened_in_draw_and_read_there(evaluate: Callable[..., EvaluatePage]) -> None:
    seen = evaluate("?data=sklearn&cell=0-0")
    origin = seen.page.locator(".one figcaption").first.inner_text().rpartition("image ")[2]
    seen.page.get_by_role("button", name="Open in Draw").first.click()
    expect(seen.page.get_by_text(f"Image {origin} from Evaluate")).to_be_visible()
    expect(seen.page.locator('[role="status"]').filter(has_text="They")).to_be_visible()
