"""Evaluate, in a real browser: a cell of the matrix is clicked, a model changed, a link copied, a file taken along."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

PATIENCE = 150_000
"""Milliseconds that the page may take; a loaded machine takes long."""


class EvaluatePage:
    """What one does on Evaluate and what one sees there."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address

    def open(self, query: str = "?data=sklearn") -> "EvaluatePage":
        """Go to the page; without another query: on scikit-learn's digits, which are always here."""
        self.page.goto(f"{self.address}/evaluate{query}")
        expect(self.page.locator(".headline")).to_be_visible(timeout=PATIENCE)
        expect(self.cell(0, 0)).to_be_visible(timeout=PATIENCE)
        return self

    def cell(self, true: int, predicted: int) -> Locator:
        """A cell of the matrix, by the name that a screen reader says."""
        words = f"true {true}, read as {predicted}: " if true != predicted else f"true {true}, read right: "
        return self.page.get_by_role("gridcell", name=words)

    def save(self, name: str, format: str, to: Path) -> Path:
        """Save a figure by the button below it; gives back the file, under the name that the browser was told."""
        with self.page.expect_download(timeout=PATIENCE) as taken:
            self.page.get_by_role("button", name=f"Save {name} as {format}").click()
        taken.value.save_as(to / taken.value.suggested_filename)
        return to / taken.value.suggested_filename

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


@pytest.mark.long
def test_a_clicked_cell_shows_its_images_and_a_copied_link_shows_them_again(
    evaluate: Callable[..., EvaluatePage],
) -> None:
    seen = evaluate()
    seen.cell(0, 0).click()
    seen.wait_for_address(cell="0-0")
    expect(seen.heading("0 read right")).to_be_visible()
    expect(seen.page.locator(".grid").first.locator("button span").last).to_have_text("0 → 0")
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


@pytest.mark.long
def test_a_second_cell_can_be_clicked_after_the_first(evaluate: Callable[..., EvaluatePage]) -> None:
    seen = evaluate()
    for digit in (1, 6):
        seen.cell(digit, digit).click()
        seen.wait_for_address(cell=f"{digit}-{digit}")
        expect(seen.heading(f"{digit} read right")).to_be_visible()


@pytest.mark.long
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


@pytest.mark.long
def test_shipped_scores_are_shown_without_the_data(evaluate: Callable[..., EvaluatePage]) -> None:
    seen = evaluate("?model=softmax&data=mnist")
    expect(seen.page.locator(".headline")).to_contain_text("of 10,000 images")
    expect(seen.page.get_by_text("The images are not on this computer").first).to_be_visible()


@pytest.mark.long
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


@pytest.mark.long
def test_the_keys_move_through_the_matrix_and_enter_chooses(evaluate: Callable[..., EvaluatePage]) -> None:
    seen = evaluate()
    keys = seen.page.keyboard
    seen.cell(0, 0).focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowRight", "ArrowUp", "ArrowLeft", "ArrowLeft", "End", "Home"):
        keys.press(key)
    expect(seen.cell(1, 0)).to_be_focused()
    keys.press("ArrowRight")
    keys.press("Enter")
    seen.wait_for_address(cell="1-1")
    expect(seen.heading("1 read right")).to_be_visible()
    expect(seen.cell(1, 1)).to_be_focused()
    expect(seen.cell(1, 1)).to_have_attribute("aria-selected", "true")
    keys.press("ArrowDown")
    keys.press("ArrowRight")
    keys.press(" ")
    seen.wait_for_address(cell="2-2")
    assert seen.page.locator('[role="gridcell"][tabindex="0"]').count() == 1  # one stop for Tab, not a hundred


def test_the_first_tap_on_a_phone_shows_the_images_of_a_cell(evaluate: Callable[..., EvaluatePage]) -> None:
    seen = evaluate(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    seen.cell(6, 6).tap()
    seen.wait_for_address(cell="6-6")
    expect(seen.heading("6 read right")).to_be_visible()
    expect(seen.page.locator(".grid").first).to_contain_text("6 → 6")
    assert set(seen.words()) == {"6 → 6"}


@pytest.mark.long
def test_back_from_draw_shows_the_chosen_cell_again(evaluate: Callable[..., EvaluatePage]) -> None:
    seen = evaluate("?model=softmax&data=sklearn")
    seen.cell(3, 3).click()
    seen.wait_for_address(cell="3-3")
    expect(seen.page.locator(".grid").first).to_contain_text("3 → 3")
    expect(seen.heading("3 read right")).to_be_visible()
    image = seen.page.locator(".grid").first.locator("button").nth(1)
    index = str(image.get_attribute("value"))
    image.click()
    seen.wait_for_address(cell="3-3", image=index)
    expect(seen.page.locator(".one figcaption").first).to_contain_text(f"image {index}")
    left = seen.page.url
    seen.page.get_by_role("link", name="Open in Draw").first.click()
    expect(seen.page.get_by_text("from Evaluate")).to_be_visible()
    seen.page.go_back()
    expect(seen.heading("3 read right")).to_be_visible()
    expect(seen.cell(3, 3)).to_have_attribute("aria-selected", "true")
    assert seen.page.url == left
    seen.page.reload()
    expect(seen.heading("3 read right")).to_be_visible()


@pytest.mark.parametrize("figure", [("ROC", "roc"), ("confusion matrix", "confusion-matrix-counts")])
@pytest.mark.long
def test_a_figure_is_saved_as_png_and_svg_under_a_name_that_says_what_it_is(
    evaluate: Callable[..., EvaluatePage], tmp_path: Path, figure: tuple[str, str]
) -> None:
    name, end = figure
    seen = evaluate("?model=cnn&data=mnist&figure=roc", color_scheme="dark")
    expect(seen.page.locator(".st-key-ROC .js-plotly-plot .main-svg").first).to_be_visible()
    png = seen.save(name, "PNG", tmp_path)
    svg = seen.save(name, "SVG", tmp_path)
    assert (png.name, svg.name) == (f"digitlab-cnn-mnist-test-{end}.png", f"digitlab-cnn-mnist-test-{end}.svg")
    picture = Image.open(png).convert("RGBA")
    assert picture.width > 700  # twice the width on the screen
    assert picture.getpixel((3, 3)) == (0x12, 0x14, 0x1C, 255)  # the dark page, not nothing below light letters
    assert len(picture.convert("RGB").getcolors(1 << 24) or []) > 50
    drawing = ElementTree.fromstring(svg.read_text(encoding="utf-8"))
    assert drawing.tag == "{http://www.w3.org/2000/svg}svg"
    assert any(
        "predicted digit" in (text or "") or "false positive rate" in (text or "") for text in drawing.itertext()
    )


@pytest.mark.long
def test_a_good_models_roc_starts_zoomed_and_the_whole_is_one_click_away(
    evaluate: Callable[..., EvaluatePage],
) -> None:
    seen = evaluate("?model=cnn&data=mnist&figure=roc")
    titles = seen.page.locator(".st-key-ROC .gtitle")  # plotly draws a new figure before it takes the old one away
    expect(titles.filter(has_text="ROC, zoomed to 1 % false positives")).to_be_visible()
    expect(seen.page.get_by_text("Zoomed in: false positive rates up to 1 %.")).to_be_visible()
    seen.page.get_by_test_id("stCheckbox").filter(has_text="Zoom in on the corner").locator("label").first.click()
    expect(titles.filter(has_text="ROC, each digit against the rest")).to_be_visible()
    expect(titles).to_have_count(1)


@pytest.mark.long
def test_the_page_does_not_scroll_sideways_on_a_phone(evaluate: Callable[..., EvaluatePage]) -> None:
    seen = evaluate(viewport={"width": 390, "height": 844})
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.long
def test_an_image_is_opened_in_draw_and_read_there(evaluate: Callable[..., EvaluatePage]) -> None:
    seen = evaluate("?data=sklearn&cell=0-0")
    origin = seen.page.locator(".one figcaption").first.inner_text().rpartition("image ")[2]
    seen.page.get_by_role("link", name="Open in Draw").first.click()
    expect(seen.page.get_by_text(f"Image {origin} from Evaluate")).to_be_visible()
    expect(seen.page.locator('[role="status"]').filter(has_text="They")).to_be_visible()
