"""The Sweeps page in a real browser: a made-up sweep, a mark that is clicked, and Compare."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from digitlab.config import CHECKPOINTS
from digitlab.sweeps.sweep import Sweep
from digitlab.sweeps.trials import read_trials
from tests.browser.served import ROOT, served
from tests.sweeps.made_up import Tried, made_up_sweep

PATIENCE = 150_000
"""Milliseconds; a loaded machine takes long."""

TRIED: Tried = [
    ({"learning_rate": 0.001, "batch_size": 32}, [0.4]),
    ({"learning_rate": 0.01, "batch_size": 64}, [0.2]),
    ({"learning_rate": 0.1, "batch_size": 32}, [0.3]),
]


@pytest.fixture
def sweep(tmp_path: Path) -> Sweep:
    return made_up_sweep(tmp_path / "runs", TRIED, weights_of=CHECKPOINTS / "softmax")


@pytest.fixture
def page(browser: Browser, tmp_path: Path, sweep: Sweep) -> Iterator[Page]:
    """The app with the sweep in it. Errors in its scripts fail the test."""
    troubles: list[str] = []
    with served(ROOT / "app.py", tmp_path, "/api/health") as address:
        context = browser.new_context(viewport={"width": 1280, "height": 1300})
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.goto(f"{address}/sweeps?view=One+setting")
        yield page
        context.close()
    assert not troubles


def test_a_click_and_a_box_pick_trials_which_open_in_compare(page: Page, sweep: Sweep) -> None:
    ids = [trial.runs[0].run.id for trial in read_trials(sweep)]
    marks = page.locator(".js-plotly-plot").first.locator(".points path")
    expect(marks).to_have_count(3)
    page.wait_for_timeout(1000)  # plotly lets go of what is clicked while it still lays out
    marks.nth(1).click(force=True)
    page.wait_for_url("**trials=2**")
    expect(page.get_by_text("Trial 2 is picked. Compare takes two models or more.")).to_be_visible()
    _draw_a_box(page)
    link = page.get_by_role("link", name="Open them in Compare")
    expect(page.get_by_text("3 trials are picked.")).to_be_visible()
    link.click()
    page.get_by_role("heading", name="Compare models").wait_for()
    asked = parse_qs(urlsplit(page.url).query)
    assert asked["compared"] == [",".join([ids[1], ids[2], ids[0]])]


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
