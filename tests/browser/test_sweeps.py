"""The Sweeps page in a real browser, with a made-up sweep: what is picked, Compare, and a deletion."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from digitlab.settings import CHECKPOINTS
from digitlab.sweeps.sweep import Sweep
from digitlab.sweeps.trials import read_trials
from tests.browser.served import ROOT, served
from tests.sweeps.made_up import Tried, made_up_sweep

PATIENCE = 150_000
"""Milliseconds; a loaded machine takes long."""

ROW = 35
"""Pixels of a row of the table."""

TRIED: Tried = [
    ({"learning_rate": 0.001, "batch_size": 32}, [0.4]),
    ({"learning_rate": 0.01, "batch_size": 64}, [0.2]),
    ({"learning_rate": 0.1, "batch_size": 32}, [0.3]),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("app")


@pytest.fixture(scope="module")
def app(folder: Path) -> Iterator[str]:
    with served(ROOT / "app.py", folder, "/api/health") as address:
        yield address


@pytest.fixture
def sweep(folder: Path) -> Sweep:
    return made_up_sweep(folder / "runs", TRIED, weights_of=CHECKPOINTS / "softmax")


@pytest.fixture
def page(browser: Browser, app: str, sweep: Sweep) -> Iterator[Page]:
    """The app with the sweep in it. Errors in its scripts fail the test."""
    troubles: list[str] = []
    context = browser.new_context(viewport={"width": 1280, "height": 1300})
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.goto(f"{app}/sweeps?sweep={sweep.id}&view=One+setting")
    yield page
    context.close()
    assert not troubles


@pytest.mark.long
def test_a_click_and_a_box_pick_trials_which_open_in_compare(page: Page, sweep: Sweep) -> None:
    ids = [trial.runs[0].run.id for trial in read_trials(sweep)]
    marks = page.locator(".js-plotly-plot").first.locator(".points path")
    expect(marks).to_have_count(3)
    page.wait_for_timeout(1000)  # plotly lets go of what is clicked while it still lays out
    marks.nth(1).click(force=True)
    page.wait_for_url("**trials=2**")
    expect(page.get_by_text("Trial 2 is picked. Compare takes two models or more.")).to_be_visible()
    expect(_rings(page, 1)).to_have_count(1)
    _draw_a_box(page)
    link = page.get_by_role("link", name="Open them in Compare")
    expect(page.get_by_text("3 trials are picked.")).to_be_visible()
    link.click()
    page.get_by_role("heading", name="Compare models").wait_for()
    asked = parse_qs(urlsplit(page.url).query)
    assert asked["compared"] == [",".join([ids[1], ids[2], ids[0]])]


@pytest.mark.long
def test_a_row_picks_its_trial_in_every_figure_in_place_of_a_click(page: Page) -> None:
    marks = page.locator(".js-plotly-plot").first.locator(".points path")
    expect(marks).to_have_count(3)
    page.wait_for_timeout(1000)
    marks.first.click(force=True)
    expect(page.get_by_text("Trial 1 is picked.")).to_be_visible()
    page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()
    place = page.get_by_test_id("stDataFrame").bounding_box()
    assert place
    page.mouse.click(place["x"] + 18, place["y"] + 1.5 * ROW)  # the box before the best trial, which is the second
    expect(page.get_by_text("2 trials are picked.")).to_be_visible()
    for number in (0, 1):
        expect(_rings(page, number)).to_have_count(2)
    page.mouse.move(2, 2)  # over the table its tools would cover the button
    page.get_by_role("button", name="Let go").click()
    expect(page.get_by_text("Pick trials:")).to_be_visible()
    for number in (0, 1):
        expect(_rings(page, number)).to_have_count(0)
    expect(marks.first).to_have_css("opacity", "0.7")  # no longer dimmed by the click


@pytest.mark.long
def test_a_sweep_is_deleted_with_its_runs_when_that_is_confirmed(page: Page, sweep: Sweep) -> None:
    runs = [trial.runs[0].run for trial in read_trials(sweep)]
    page.get_by_role("button", name="Delete", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("Delete its 3 runs, too").click()
    dialog.get_by_text("I no longer need it").click()
    dialog.get_by_role("button", name="Delete for good").click()
    expect(page.get_by_text("The sweep is deleted.")).to_be_visible()
    assert sweep.is_gone
    assert not any(run.folder.exists() for run in runs)


def _rings(page: Page, number: int) -> Locator:
    """The rings around picked marks in a figure of the page."""
    traces = page.locator(".js-plotly-plot").nth(number).locator(".scatterlayer .trace")
    return traces.nth(1).locator(".points path")


def _draw_a_box(page: Page) -> None:
    """Over all of the first figure's marks."""
    place = page.locator(".js-plotly-plot").first.locator(".nsewdrag").first.bounding_box()
    assert place
    page.locator(".js-plotly-plot").first.hover()
    page.locator('.modebar-btn[data-val="select"]').first.click()
    left, top, right, bottom = place["x"], place["y"], place["x"] + place["width"], place["y"] + place["height"]
    page.mouse.move(left + 2, top + 2)
    page.mouse.down()
    page.mouse.move((left + right) / 2, (top + bottom) / 2, steps=4)
    page.mouse.move(right - 2, bottom - 2, steps=4)
    page.mouse.up()
