"""Training, in a real browser: started from the sidebar, watched, paused, stopped, resumed, and cleared away."""

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from digitlab.config import TrainConfig
from digitlab.jobs.queue import Command, write_command
from digitlab.reading.predictor import Predictor
from digitlab.runs.run import RUN_ID, Run, open_run
from digitlab.runs.status import State, Status
from digitlab.settings import CHECKPOINTS
from tests.browser.drawing_page import TRAJECTORIES, DrawingPage
from tests.browser.served import ROOT, served

PATIENCE = 90_000
"""Milliseconds that a job's process may take to start, to obey or to end; a loaded machine takes long."""

OpenTraining = Callable[..., "TrainingPage"]


class TrainingPage:
    """What one does in the sidebar and on Train, and what one sees there."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        self.sidebar = page.get_by_test_id("stSidebar")

    def open(self, path: str = "/train") -> "TrainingPage":
        self.page.goto(self.address + path)
        self.button("Start").wait_for()
        return self

    def button(self, name: str) -> Any:
        """A button of page or sidebar; the header has a Stop of its own while a script runs."""
        parts = self.page.locator('[data-testid="stMainBlockContainer"], [data-testid="stSidebar"]')
        return parts.get_by_role("button", name=name, exact=True)

    def fill(self, label: str, value: str) -> None:
        """Set a number or text of the form; waits until the server knows it."""
        field = self.sidebar.get_by_label(label, exact=True)
        field.fill(value)
        field.press("Enter")
        self.settle()

    def choose_preset(self, name: str) -> None:
        self.sidebar.get_by_role("combobox", name="Preset").click()
        self.page.get_by_role("option", name=name, exact=True).click()
        expect(self.sidebar.get_by_label("Name", exact=True)).to_have_value(name.replace("-", " "))

    def download(self, title: str) -> None:
        """Choose a format in the menu of the chosen run, and close it: the file comes all the same."""
        self.button("Download").click()
        self.page.get_by_test_id("stPopoverBody").get_by_role("button", name=title, exact=True).click()
        self.page.keyboard.press("Escape")
        expect(self.page.get_by_test_id("stPopoverBody")).to_have_count(0)

    def settle(self) -> None:
        """Wait until the server has nothing more to say."""
        self.page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()

    def start(self, **settings: str) -> None:
        """Start a softmax regression on scikit-learn's digits, and go where it can be watched."""
        self.choose_preset("published-softmax")
        for label, value in settings.items():
            self.fill(label.replace("_", " "), value)
        self.button("Start").click()
        if not self.page.url.split("?")[0].endswith("/train"):
            self.sidebar.get_by_role("link", name="Watch it on Train").click()
        expect(self.page).to_have_url(re.compile("run="))

    def card(self, name: str, state: str) -> Any:
        """The card of a run in a state."""
        return self.page.locator(f"article.run.{state}", has=self.page.get_by_role("heading", name=name, exact=True))

    def curve(self, title: str) -> Any:
        """A line of the chart with this title."""
        chart = self.page.get_by_test_id("stVegaLiteChart").filter(has_text=title)
        return chart.locator("g.mark-line path")

    def heading(self, name: str) -> Any:
        return self.page.get_by_role("heading", name=name, exact=True)


@pytest.fixture(scope="module")
def training_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("training")


@pytest.fixture(scope="module")
def training_address(training_folder: Path) -> Iterator[str]:
    """An app of our own, so that its runs disturb no other test."""
    with served(ROOT / "app.py", training_folder, "/api/health") as address:
        yield address


@pytest.fixture
def _nothing_is_left(training_folder: Path) -> Iterator[None]:
    """No job and no run outlives its test, however the test ends."""
    yield
    runs = [Run(folder) for folder in (training_folder / "runs").glob("[0-9]*")]
    for run in runs:
        write_command(run, Command.STOP)
    for run in runs:
        with run.lock().acquire(timeout=PATIENCE / 1000):  # held by the process as long as it lives
            pass
        shutil.rmtree(run.folder)


@pytest.fixture
def open_training(browser: Browser, training_address: str, _nothing_is_left: None) -> Iterator[OpenTraining]:
    """Opens the app in a window of its own. An uncaught error of the page fails the test."""
    contexts: list[BrowserContext] = []
    troubles: list[str] = []

    def open_window(path: str = "/train", **how: Any) -> TrainingPage:
        context = browser.new_context(**{"viewport": {"width": 1440, "height": 900}, **how})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        return TrainingPage(page, training_address).open(path)

    yield open_window
    for context in contexts:
        context.close()
    assert not troubles


@pytest.mark.long
def test_a_training_is_started_watched_paused_stopped_and_resumed(open_training: OpenTraining) -> None:
    train = open_training("/")
    train.start(Name="whole life", Epochs="1000", Batch_size="1")
    expect(train.card("whole life", "running")).to_be_visible()
    expect(train.curve("Loss").first).to_be_attached()
    train.button("Pause").click()
    expect(train.card("whole life", "paused")).to_be_visible()
    train.page.reload()
    expect(train.card("whole life", "paused")).to_be_visible()
    train.button("Resume").first.click()
    expect(train.card("whole life", "running")).to_be_visible()
    train.button("Stop").click()
    expect(train.page.locator("article.run")).to_have_count(0)
    expect(train.page.get_by_text("epochs, stopped")).to_be_visible()
    train.button("Resume").click()
    expect(train.card("whole life", "running")).to_be_visible()
    train.button("Stop").click()
    expect(train.page.get_by_text("epochs, stopped")).to_be_visible()


@pytest.mark.long
def test_a_stopped_training_is_brought_to_its_end(open_training: OpenTraining, training_folder: Path) -> None:
    run = Run.create(training_folder / "runs", TrainConfig(model="softmax", data="sklearn", epochs=2))
    run.write_status(Status(State.STOPPED))
    train = open_training(f"/train?run={run.id}")
    expect(train.page.get_by_text("0 of 2 epochs, stopped")).to_be_visible()
    train.button("Resume").click()
    expect(train.page.get_by_text("2 of 2 epochs, done")).to_be_visible()
    expect(train.page.get_by_test_id("stPlotlyChart")).to_have_count(4)


@pytest.mark.long
def test_one_goes_on_drawing_while_a_model_trains(open_training: OpenTraining) -> None:
    train = open_training()
    train.start(Name="in the background", Epochs="1000", Batch_size="1")
    expect(train.card("in the background", "running")).to_be_visible()
    train.sidebar.get_by_role("link", name="Draw", exact=True).click()
    draw = DrawingPage(train.page, train.address).ready()
    draw.draw(TRAJECTORIES["3"])
    draw.wait_for_digit("cnn", 3)
    expect(train.sidebar.get_by_label("Epochs", exact=True)).to_have_value("1000")
    train.sidebar.get_by_role("link", name="Train", exact=True).click()
    train.button("Stop").click()
    expect(train.page.locator("article.run")).to_have_count(0)


@pytest.mark.long
def test_a_chart_keeps_its_zoom_while_points_arrive(open_training: OpenTraining) -> None:
    train = open_training()
    train.start(Name="zoomed", Epochs="1000", Batch_size="1")
    expect(train.curve("Loss").first).to_be_attached()
    chart = train.page.get_by_test_id("stVegaLiteChart").filter(has_text="Learning rate")
    ticks = chart.locator("g.role-axis-label text")

    def epochs() -> list[str]:
        """The lower axis: labels of the learning rate lie below 1, and one may be rounded anew."""
        return [text for text in ticks.all_text_contents() if float(text.replace(",", "")) >= 1]

    before = epochs()
    chart.locator("svg").hover()
    train.page.keyboard.down("Control")
    train.page.mouse.wheel(0, -400)
    train.page.keyboard.up("Control")
    expect(ticks.filter(has_text="1,000")).to_have_count(0)
    zoomed = epochs()
    assert zoomed != before
    line = chart.locator("g.mark-line path").first
    for _ in range(2):
        expect(line).not_to_have_attribute("d", line.get_attribute("d") or "")
    assert epochs() == zoomed
    train.button("Stop").click()
    expect(train.page.locator("article.run")).to_have_count(0)


@pytest.mark.long
def test_two_windows_see_the_same_truth(open_training: OpenTraining) -> None:
    first = open_training()
    first.start(Name="shared", Epochs="1000", Batch_size="1")
    expect(first.card("shared", "running")).to_be_visible()
    second = open_training()
    second.button("Pause").click()
    expect(first.card("shared", "paused")).to_be_visible()
    first.button("Stop").click()
    expect(second.page.locator("article.run")).to_have_count(0)


@pytest.mark.long
def test_a_finished_run_is_renamed_and_its_deletion_is_asked_twice(open_training: OpenTraining) -> None:
    train = open_training()
    train.start(Name="short", Epochs="1")
    expect(train.page.get_by_text("1 of 1 epochs, done")).to_be_visible()
    train.button("Rename").click()
    dialog = train.page.get_by_role("dialog")
    dialog.get_by_label("Name", exact=True).fill("not for long")
    dialog.get_by_label("Name", exact=True).press("Enter")  # renames, without a click
    expect(dialog).to_have_count(0)
    expect(train.heading("not for long")).to_be_visible()
    train.button("Delete").click()
    certain = dialog.get_by_role("button", name="Delete for good")
    expect(certain).to_be_disabled()
    dialog.get_by_text("I no longer need it").click()
    certain.click()
    expect(train.heading("not for long")).to_have_count(0)
    assert "run=" not in train.page.url


@pytest.mark.long
def test_a_damaged_run_says_why_and_is_deleted(open_training: OpenTraining, training_folder: Path) -> None:
    run = Run.create(training_folder / "runs", TrainConfig())
    (run.folder / "results.json").write_text('{"parameters": 1e999}')
    train = open_training()
    expect(train.heading("Damaged runs")).to_be_visible()
    expect(train.page.get_by_text("parameters is inf; it must be a whole number")).to_be_visible()
    train.button("Delete").last.click()
    dialog = train.page.get_by_role("dialog")
    dialog.get_by_text("I no longer need it").click()
    dialog.get_by_role("button", name="Delete for good").click()
    expect(train.heading("Damaged runs")).to_have_count(0)
    assert not run.folder.exists()


@pytest.mark.long
def test_a_run_goes_out_as_an_archive_and_comes_back(open_training: OpenTraining, tmp_path: Path) -> None:
    train = open_training()
    train.start(Name="a traveller", Epochs="1")
    expect(train.page.get_by_text("1 of 1 epochs, done")).to_be_visible()
    before = train.page.url
    with train.page.expect_download() as download:
        train.download("Archive")
    download.value.save_as(tmp_path / download.value.suggested_filename)
    assert RUN_ID.fullmatch(download.value.suggested_filename.removesuffix(".zip"))
    train.button("Upload a run").click()
    train.page.locator('input[type="file"]').set_input_files(tmp_path / download.value.suggested_filename)
    train.page.wait_for_url(lambda url: "run=" in url and url != before)
    expect(train.heading("a traveller")).to_be_visible()


@pytest.mark.long
def test_a_shipped_model_is_downloaded_as_onnx_and_reads(open_training: OpenTraining, tmp_path: Path) -> None:
    train = open_training("/train?run=softmax")
    train.heading("softmax").wait_for()
    with train.page.expect_download(timeout=PATIENCE) as download:
        train.download("ONNX")
    assert download.value.suggested_filename == "softmax.onnx"
    download.value.save_as(tmp_path / "softmax.onnx")
    network = onnxruntime.InferenceSession(tmp_path / "softmax.onnx", providers=["CPUExecutionProvider"])
    images = np.zeros((2, 28, 28), np.uint8)
    images[1, 4:24, 13:15] = 255
    (found,) = network.run(["probabilities"], {"images": images})
    said = [reading.probabilities for reading in Predictor(open_run(CHECKPOINTS / "softmax")).read_all(images)]
    assert np.abs(found - said).max() <= 1e-5
    assert found[1].argmax() == 1


def test_a_bad_archive_gets_one_line(open_training: OpenTraining, tmp_path: Path) -> None:
    train = open_training()
    bad = tmp_path / "bad.zip"
    bad.write_bytes(b"no archive at all")
    train.button("Upload a run").click()
    train.page.locator('input[type="file"]').set_input_files(bad)
    dropped = train.page.get_by_test_id("stPopoverBody")
    line = dropped.get_by_test_id("stAlert").filter(has_text="bad.zip was not added")
    expect(line).to_be_visible()


def test_a_value_out_of_range_starts_nothing(open_training: OpenTraining) -> None:
    train = open_training()
    train.fill("Learning rate", "-1")
    line = train.sidebar.get_by_test_id("stAlert")
    expect(line).to_contain_text("Learning rate is -1")
    expect(train.button("Start")).to_be_disabled()
    field, below = train.sidebar.get_by_label("Learning rate", exact=True).bounding_box(), line.bounding_box()
    assert field and below and 0 < below["y"] - field["y"] < 80, "it stands right below its field"


def test_the_runs_table_fits_a_page_of_1440_pixels(open_training: OpenTraining) -> None:
    train = open_training()
    table = train.page.get_by_test_id("stDataFrame")
    expect(table).to_be_visible()
    scroller = table.locator(".dvn-scroller")
    train.page.wait_for_function("n => n.scrollWidth > 0", arg=scroller.element_handle())
    assert scroller.evaluate("n => n.scrollWidth - n.clientWidth") <= 1


def test_smoothing_draws_the_curve_anew_and_leaves_the_raw_one_behind_it(open_training: OpenTraining) -> None:
    train = open_training("/train?several=True&curves=softmax,cnn-mnist")
    loss = train.curve("Loss")
    expect(loss).to_have_count(8)  # two runs, training and validation, raw and smooth
    before = [line.get_attribute("d") for line in loss.all()]
    assert len(set(before)) == 4, "nothing is smoothed yet"
    train.page.get_by_role("slider", name="Smoothing").press("End")
    expect(loss.last).not_to_have_attribute("d", before[-1] or "")
    after = [line.get_attribute("d") for line in loss.all()]
    assert len(set(before) & set(after)) == 4, "the raw curves stay"
    assert len(set(after)) == 8


def test_a_phone_shows_the_page_without_scrolling_sideways(open_training: OpenTraining) -> None:
    train = open_training()
    train.page.set_viewport_size({"width": 390, "height": 844})
    train.page.wait_for_function("() => innerWidth === 390")
    assert train.page.evaluate("document.documentElement.scrollWidth") == 390
