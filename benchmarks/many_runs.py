"""What Train and Sweeps cost with very many runs, in a browser: `python -m benchmarks.many_runs [RUNS]` (10,000).

The runs are those of one sweep, made up, without weights. A page is timed from its address to the end of its run with
its figure or its table on the screen: once by a server that has not shown it yet, then again and again. The server
starts anew for each number of runs, and shows Train first.
"""

import random
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from benchmarks.growth import growth_row
from benchmarks.live import memory, server_of
from benchmarks.table import Row, median, print_rows, seconds
from tests.browser.served import CHROMIUM_FLAGS, ROOT, WHOLE, chromium, served
from tests.sweeps.made_up import made_up_sweep

MOST = 10_000

PAGES = {
    "Train": "/train",
    "Sweeps, all settings": "/sweeps",
    "Sweeps, one setting": "/sweeps?view=One+setting",
    "Sweeps, importance": "/sweeps?view=Importance",
    "Sweeps, time": "/sweeps?view=Time",
}

_PATIENCE = 120_000
_REPEATS = 3
_SHOWN = {"Train": '[data-testid="stDataFrame"] canvas', "Sweeps": ".js-plotly-plot .main-svg"}
_RESTS = '[data-testid="stApp"][data-test-script-state="notRunning"]'


def rows(most: int) -> Iterator[Row]:
    """A line for each page, first and again, at a tenth and all of the runs."""
    sizes = (most // 10, most)
    taken = [_taken(size) for size in sizes]
    for name in PAGES:
        for which, words in enumerate(("seen for the first time", "again")):
            yield growth_row(f"{name}, {words}", sizes, [found[name][which] for found, _ in taken])
    yield Row("the server's memory after that", *(f"{used:.0f} MB at {most:,}" for _, used in taken[-1:]))


def _taken(size: int) -> tuple[dict[str, tuple[float, float]], float]:
    """Page → seconds of its first sight and of a later one; and the server's memory in MB."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        _make_sweep(folder / "runs", size)
        found = {}
        with served(ROOT / "app.py", folder, "/api/health") as address, _browser() as page:
            for name, path in PAGES.items():
                see = partial(_see, page, address + path, _SHOWN[name.split(",")[0]])
                found[name] = seconds(see), median(see, _REPEATS)
            return found, memory(server_of(address))


def _make_sweep(runs: Path, size: int) -> None:
    """Trials at random, whose loss is least in the middle of the learning rates."""
    chance = random.Random(size)
    tried = []
    for _ in range(size):
        magnitude = chance.uniform(-3, -1)
        setting = {"learning_rate": 10**magnitude, "batch_size": chance.choice((32, 64))}
        tried.append((setting, [0.1 + 0.3 * abs(magnitude + 2) * chance.uniform(0.8, 1.2)]))
    made_up_sweep(runs, tried, seconds=[chance.uniform(1, 60) for _ in tried], most_runs=size)


@contextmanager
def _browser() -> Iterator[Page]:
    with sync_playwright() as playwright:
        chrome = playwright.chromium.launch(executable_path=chromium(WHOLE), args=CHROMIUM_FLAGS)
        page = chrome.new_page(viewport={"width": 1280, "height": 1000})
        page.set_default_timeout(_PATIENCE)
        yield page
        chrome.close()


def _see(page: Page, address: str, shown: str) -> None:
    page.goto(address)
    page.locator(shown).first.wait_for()
    page.locator(_RESTS).wait_for()


if __name__ == "__main__":
    print_rows(rows(int(sys.argv[1]) if len(sys.argv) > 1 else MOST))
