"""The time machine in a real browser: it follows the pen, and its slider asks nobody."""

import pytest
from playwright.sync_api import Page, expect

from digitlab.runs.run import open_run
from digitlab.settings import CHECKPOINTS
from tests.browser.conftest import OpenBrowser
from tests.browser.drawing_page import TRAJECTORIES, DrawingPage

pytestmark = pytest.mark.long


PATIENCE = 150_000
"""Milliseconds; a loaded machine takes long."""

MOVE = """slider => {
    const root = slider.getRootNode();
    const tile = () => root.querySelector('section[data-model=softmax] .tiles canvas').toDataURL();
    const before = tile();
    let sent = 0;
    const { send } = WebSocket.prototype;
    const { fetch } = window;
    WebSocket.prototype.send = function (...what) { sent += 1; return send.apply(this, what); };
    window.fetch = (...what) => { sent += 1; return fetch(...what); };
    slider.value = 0;
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    WebSocket.prototype.send = send;
    window.fetch = fetch;
    const { epoch } = root.querySelector('section[data-model=softmax]').dataset;
    return { sent, changed: before !== tile(), epoch };
}"""
"""Moves the slider and looks before the browser does anything else: what others send meanwhile does not count."""


@pytest.fixture
def machine(open_browser: OpenBrowser) -> DrawingPage:
    """The panel with a seven and two runs in it, side by side."""
    draw = open_browser("?panels=epochs&models=softmax,cnn")
    draw.draw(TRAJECTORIES["7"])
    for model in ("softmax", "cnn"):
        draw.page.locator(f'.machine section[data-model="{model}"][data-digit="7"] .loss svg').wait_for(
            timeout=PATIENCE
        )
    return draw


def test_it_follows_the_pen(machine: DrawingPage) -> None:
    lines = machine.page.locator(".machine section polyline.digit")
    expect(lines).to_have_count(20)
    before = lines.nth(7).get_attribute("points")
    machine.press_button("Clear")
    machine.draw(TRAJECTORIES["3"])
    machine.page.locator('.machine section[data-model="cnn"][data-digit="3"]').wait_for(timeout=PATIENCE)
    expect(lines.nth(7)).not_to_have_attribute("points", before or "")


def test_a_new_position_is_there_at_once_for_all_runs_and_no_message_is_sent(machine: DrawingPage) -> None:
    moved = machine.page.locator(".machine input[type=range]").evaluate(MOVE)
    assert moved == {"sent": 0, "changed": True, "epoch": "0"}
    expect(machine.page.locator('.machine section[data-model="cnn"]')).to_have_attribute("data-epoch", "0")
    expect(machine.page.locator(".machine output")).to_have_text("untrained")


def test_the_address_holds_the_position_and_back_takes_it_back(machine: DrawingPage) -> None:
    slider = machine.page.locator(".machine input[type=range]")
    slider.press("Home")
    machine.page.wait_for_url("**epochs-at=0**")
    machine.page.reload()
    expect(machine.page.locator('.machine section[data-model="cnn"]')).to_have_attribute("data-epoch", "0")
    expect(machine.page.locator(".machine output")).to_have_text("untrained")
    slider.press("ArrowRight")
    machine.page.wait_for_url(lambda address: "epochs-at=0" not in address)
    machine.page.go_back()
    expect(machine.page.locator(".machine output")).to_have_text("untrained")


def test_it_plays_from_untrained_to_the_last_epoch(machine: DrawingPage) -> None:
    machine.page.locator(".machine input[type=range]").press("Home")
    expect(machine.page.locator(".machine output")).to_have_text("untrained")
    machine.page.locator(".machine").get_by_role("button", name="Play").click()
    expect(machine.page.locator(".machine").get_by_role("button", name="Pause")).to_be_visible()
    last = max(open_run(CHECKPOINTS / name).config.epochs for name in ("softmax", "cnn"))
    expect(machine.page.locator(".machine output")).to_have_text(f"epoch {last} of {last}", timeout=PATIENCE)
    expect(machine.page.locator(".machine").get_by_role("button", name="Play")).to_be_visible()


def test_a_run_without_snapshots_says_so_and_further_models_join(machine: DrawingPage) -> None:
    page: Page = machine.page
    page.goto(f"{machine.address}/?panels=epochs&models=champion,softmax")
    machine.ready().draw(TRAJECTORIES["7"])
    champion = page.locator('.machine section[data-model="champion"]')
    expect(champion).to_contain_text("no snapshots", timeout=PATIENCE)
    expect(champion).to_have_attribute("data-digit", "7")
