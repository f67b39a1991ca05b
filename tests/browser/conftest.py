"""The app in a real Chromium. Without one these tests are skipped; under CI=true they fail then."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

from tests.browser.drawing_page import DrawingPage
from tests.browser.served import CHROMIUM_FLAGS, ROOT, chromium, served

OpenBrowser = Callable[..., DrawingPage]

expect.set_options(timeout=90_000)  # for all files: a job's process takes long to start or to obey on a loaded machine


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def app_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the app at `app_address` has of its own: runs and data, none at first."""
    return tmp_path_factory.mktemp("app")


@pytest.fixture(scope="session")
def app_address(app_folder: Path) -> Iterator[str]:
    """The app, started as a user starts it, with the shipped checkpoints, without runs and data."""
    with served(ROOT / "app.py", app_folder, "/api/health") as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = chromium()
    if path is None:
        missing = "no chromium on the PATH: apt-get install chromium-headless-shell, or chromium"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    with sync_playwright() as playwright:
        chrome = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        yield chrome
        chrome.close()


@pytest.fixture
def open_browser(browser: Browser, app_address: str) -> Iterator[OpenBrowser]:
    """Opens the app in a window of its own: open_browser(color_scheme="dark"). Errors on its console fail the test."""
    contexts: list[BrowserContext] = []
    troubles: list[str] = []

    def open_window(query: str = "", address: str = app_address, **how: Any) -> DrawingPage:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 800}, **how})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(150_000)
        page.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        return DrawingPage(page, address).open(query)

    yield open_window
    for context in contexts:
        context.close()
    assert not troubles
