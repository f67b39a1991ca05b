"""Every page under axe-core (WCAG 2.2, level AA), light and dark, with something on it to look at."""

import json
import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from digitlab.config import CHECKPOINTS, TrainConfig
from digitlab.data.handwriting import add_drawing
from digitlab.ink.strokes import Drawing
from digitlab.runs.run import Run, now
from digitlab.runs.status import State, Status
from tests.browser.drawing_page import TRAJECTORIES, DrawingPage
from tests.browser.served import ROOT, served

PATIENCE = 90_000
"""Milliseconds that a page may take; a loaded machine takes long."""

_AXE = ROOT / ".venv" / "axe" / "node_modules" / "axe-core" / "axe.min.js"
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_RUN = """async tags => (await axe.run({
    runOnly: tags, rules: { "label-content-name-mismatch": { enabled: true } },
})).violations.map(({ id, impact, nodes }) => ({ id, impact, nodes: nodes.map(n => `${n.target}: ${n.html}`) }))"""

PAGES = {
    "draw": "/",
    "number": "/?surface=number",
    "train": "/train",
    "evaluate": "/evaluate?data=sklearn",
    "inside softmax": "/inside?model=softmax",
    "inside cnn": "/inside?model=cnn",
    "compare": "/compare?data=sklearn",
    "handwriting": "/handwriting",
}


@pytest.fixture(scope="module")
def axe() -> str:
    """axe-core's text. It comes from npm by `make test`; without it these tests are skipped, and fail under CI."""
    if not _AXE.is_file():
        missing = "axe-core is not installed: run make test, with npm on the PATH"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    return _AXE.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def lived_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The app with a finished run and a drawing of one's own."""
    folder = tmp_path_factory.mktemp("lived in")
    run = Run.create(folder / "runs", TrainConfig(model="softmax", data="sklearn", name="a first try"))
    for name in ("weights.safetensors", "history.jsonl", "results.json"):
        shutil.copy(CHECKPOINTS / "softmax" / name, run.folder / name)
    run.write_status(Status(State.DONE, epoch=1, step=1, steps=1, created=now(), updated=now()))
    add_drawing(folder / "data", Drawing(ink=TRAJECTORIES["7"]), 7, "")
    with served(ROOT / "app.py", folder, "/api/health") as address:
        yield address


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_no_serious_violation(name: str, scheme: Any, lived_in: str, browser: Browser, axe: str) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900}, color_scheme=scheme)
    page.set_default_timeout(PATIENCE)
    try:
        page.goto(lived_in + PAGES[name])
        if name == "draw":
            draw = DrawingPage(page, lived_in)
            draw.canvas.wait_for()
            page.locator(".answers").wait_for()
            draw.draw(TRAJECTORIES["3"])
            draw.wait_for_any_digit("cnn")
        _settle(page)
        page.evaluate(axe)
        found = page.evaluate(_RUN, _RULES)
    finally:
        page.close()
    wrong = [one for one in found if one["impact"] in ("serious", "critical") or one["id"] == "heading-order"]
    assert not wrong, json.dumps(wrong, indent=1)


def _settle(page: Page) -> None:
    """Wait until the page has run and nothing on it has moved for a second."""
    page.get_by_role("button", name="Start", exact=True).wait_for()
    page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()
    page.evaluate(
        """() => new Promise(done => {
            let timer = setTimeout(finish, 1000);
            const watcher = new MutationObserver(() => { clearTimeout(timer); timer = setTimeout(finish, 1000); });
            watcher.observe(document.body, { subtree: true, childList: true });
            function finish() { watcher.disconnect(); done(); }
        })"""
    )
