"""Two replicas of a class server behind nginx, on one folder of runs, with a browser of the teacher's on each."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Response, expect

from digitlab.jobs.queue import Command, write_command
from digitlab.runs.archive import pack_run
from digitlab.runs.label import read_label
from digitlab.runs.run import Run
from tests.browser.drawing_page import TRAJECTORIES, DrawingPage
from tests.browser.served import ROOT, free_port, served
from tests.browser.test_train import PATIENCE, TrainingPage
from tests.deploy.proxy import proxied

pytestmark = pytest.mark.long


COOKIE = "digitlab_replica"
TEACHER_CODE = "teacher-code"
CLASS = {
    "DIGITLAB_SHARED": "class",
    "DIGITLAB_CODE": "class-code",
    "DIGITLAB_TEACHER_CODE": TEACHER_CODE,
    "DIGITLAB_SECRET": "s" * 32,
}
"""What all replicas must have alike; the compose file asks for it."""


class Site:
    """nginx and the replicas "1" and "2", each of which can be killed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.address = f"http://localhost:{self.port}"
        self.ports = {"1": free_port(), "2": free_port()}
        self._running: dict[str, ExitStack] = {}

    def start(self, replica: str) -> None:
        if replica not in self._running:
            own = self.folder / replica  # for its log
            own.mkdir(exist_ok=True)
            shared = {**CLASS, "DIGITLAB_RUNS": str(self.folder / "runs"), "DIGITLAB_DATA": str(self.folder / "data")}
            stack = ExitStack()
            stack.enter_context(served(ROOT / "app.py", own, "/api/health", self.ports[replica], **shared))
            self._running[replica] = stack

    def end(self, replica: str) -> None:
        self._running.pop(replica).close()

    def kill(self, replica: str) -> None:
        """End it without a word to anybody."""
        os.kill(int((self.folder / replica / "server.pid").read_text()), signal.SIGKILL)
        self.end(replica)

    def end_all(self) -> None:
        for replica in list(self._running):
            self.end(replica)


class Seat:
    """A browser: where its answers came from, and its page."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.context, self.address = context, address
        joined = context.request.post(address + "/join", form={"code": TEACHER_CODE}, max_redirects=0)
        assert joined.status == 303
        self.page = context.new_page()
        self.page.set_default_timeout(PATIENCE)
        self.replicas: set[str] = set()
        self.live: list[str] = []
        self.troubles: list[str] = []
        self.page.on("response", self._note)
        self.page.on("pageerror", lambda error: self.troubles.append(str(error)))
        self.page.on(
            "websocket",
            lambda one: (
                urlsplit(one.url).path == "/api/live"
                and one.on("framereceived", lambda text: self.live.append(str(text)))
            ),
        )

    def _note(self, answer: Response) -> None:
        if answer.url.startswith(self.address):  # not blob: and data:
            self.replicas.add(answer.headers.get("x-replica", "none"))

    @property
    def home(self) -> str:
        """The replica that its cookie names."""
        return next((one["value"] for one in self.context.cookies() if one["name"] == COOKIE), "")

    def draw_page(self, query: str = "") -> DrawingPage:
        return DrawingPage(self.page, self.address).open(query)

    def train_page(self, path: str = "/train") -> TrainingPage:
        return TrainingPage(self.page, self.address).open(path)


Sit = Callable[[], Seat]


@pytest.fixture(scope="module")
def started_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    site = Site(tmp_path_factory.mktemp("site"))
    with proxied(site.folder, [f"127.0.0.1:{port}" for port in site.ports.values()], site.port):
        try:
            yield site
        finally:
            site.end_all()


@pytest.fixture
def site(started_site: Site) -> Iterator[Site]:
    """Both replicas run, and no job outlives its test."""
    for replica in started_site.ports:
        started_site.start(replica)
    yield started_site
    runs = [Run(folder) for folder in (started_site.folder / "runs").glob("[0-9]*")]
    for run in runs:
        write_command(run, Command.STOP)
    for run in runs:
        with run.lock().acquire(timeout=PATIENCE / 1000):  # held by the process as long as it lives
            pass


@pytest.fixture
def sit(browser: Browser, site: Site) -> Iterator[Sit]:
    """Opens a browser of its own, without cookies. An uncaught error of its page fails the test."""
    seats: list[Seat] = []

    def sit_down() -> Seat:
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        seats.append(Seat(context, site.address))
        return seats[-1]

    yield sit_down
    for seat in seats:
        seat.context.close()
    assert not [trouble for seat in seats for trouble in seat.troubles]


def test_each_browser_stays_with_one_replica_and_gets_its_answers_live(sit: Sit) -> None:
    seats = [sit(), sit()]
    for seat in seats:
        page = seat.draw_page()
        page.draw(TRAJECTORIES["3"])
        page.wait_for_digit("cnn", 3)
        page.wait_for_session()
        assert any('"answers"' in frame for frame in seat.live), "the answers came over the live channel"
        seat.train_page()
    assert {seat.home for seat in seats} == {"1", "2"}
    for seat in seats:
        assert seat.replicas == {seat.home}


def test_what_is_done_on_one_replica_is_seen_on_the_other(sit: Sit, site: Site) -> None:
    one, other = sit(), sit()
    here = one.train_page()
    here.start(Name="shared", Epochs="1000", Batch_size="1")
    there = other.train_page()
    assert one.home != other.home
    expect(there.card("shared", "running")).to_be_visible()
    there.button("Pause").click()
    expect(here.card("shared", "paused")).to_be_visible()
    there.button("Stop").click()
    expect(here.page.locator("article.run")).to_have_count(0)
    run = Run(next((site.folder / "runs").glob("[0-9]*")))
    here.open(f"/train?run={run.id}")
    here.button("Rename").click()
    name = here.page.get_by_role("dialog").get_by_label("Name", exact=True)
    name.fill("shared by two")
    name.press("Enter")
    expect(here.heading("shared by two")).to_be_visible()
    assert read_label(run).name == "shared by two"
    there.open(f"/train?run={run.id}")
    expect(there.heading("shared by two")).to_be_visible()
    assert one.replicas == {one.home}
    assert other.replicas == {other.home}


def test_when_its_replica_is_killed_a_browser_goes_on_with_the_other_one(
    sit: Sit, site: Site, make_run: Callable[..., Run], tmp_path: Path
) -> None:
    seat = sit()
    page = seat.draw_page("?models=cnn")
    page.draw(TRAJECTORIES["7"])
    page.wait_for_digit("cnn", 7)
    page.wait_for_session()
    ended = seat.home
    with seat.page.expect_websocket(lambda socket: urlsplit(socket.url).path == "/api/live"):
        site.kill(ended)
    page.wait_for_session()
    page.wait_for_digit("cnn", 7)  # the drawing is still there
    page.press_button("Clear")
    page.draw(TRAJECTORIES["3"])
    page.wait_for_digit("cnn", 3)
    page.wait_for_session()
    assert seat.home not in ("", ended)
    expect(page.card("softmax")).to_have_count(0)  # as the address says

    site.start(ended)
    seat.replicas.clear()
    seat.page.get_by_role("link", name="Train", exact=True).click()
    train = TrainingPage(seat.page, seat.address)
    archive = tmp_path / "run.zip"
    archive.write_bytes(pack_run(make_run(tmp_path, name="sent through nginx")))
    train.button("Upload a run").click()
    seat.page.locator('input[type="file"]').set_input_files(archive)
    expect(train.heading("sent through nginx")).to_be_visible()
    assert seat.replicas == {seat.home}
    assert seat.home != ended, "its session lives on the other one"
