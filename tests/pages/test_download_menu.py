"""The menu in which the chosen run is downloaded, on Train."""

import io
import sys
import zipfile
from collections.abc import Callable

import pytest
import yaml
from streamlit.testing.v1 import AppTest

from digitlab.export.exports import EXPORTS, Export
from digitlab.runs.archive import pack_run
from digitlab.runs.run import Run
from digitlab.settings import CHECKPOINTS
from digitlab.ui.train import download_menu
from tests.pages.driven_page import PAGES, OpenPage, captions

Downloads = dict[str, Callable[[], bytes]]
TITLES = {export.title for export in EXPORTS.values()}


def words_of(app: AppTest) -> list[str]:
    """All captions as they are read."""
    return captions(app).replace("\\", "").splitlines()


@pytest.fixture
def run(make_run: Callable[..., Run]) -> Run:
    """A run that can give every format."""
    run = make_run()
    run.append_history({"epoch": 1, "step": 1, "train_loss": 0.5})
    return run


@pytest.fixture
def open_menu(open_page: OpenPage) -> Callable[[Run], AppTest]:
    """Train with a run chosen."""

    def open_at(run: Run) -> AppTest:
        app = open_page().switch_page(f"{PAGES}/train.py")
        app.query_params["run"] = run.id
        app.run()
        assert not app.exception
        return app

    return open_at


def test_every_format_is_offered_with_its_words_and_none_is_made_yet(
    run: Run, open_menu: Callable[[Run], AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []
    monkeypatch.setattr(download_menu, "_make", lambda export, run: made.append(export.name))
    app = open_menu(run)
    buttons = {button.proto.label: button.proto for button in app.get("download_button")}
    assert buttons.keys() == TITLES
    assert not any(button.disabled for button in buttons.values())
    said = words_of(app)
    assert all(export.words in said for export in EXPORTS.values())
    assert made == []


def test_each_button_gives_what_the_command_writes(
    run: Run, open_menu: Callable[[Run], AppTest], downloads: Downloads
) -> None:
    open_menu(run)
    assert downloads["Archive"]() == pack_run(run)
    assert downloads["Weights"]() == run.weights.read_bytes()
    assert b"epoch/train_loss" in downloads["TensorBoard"]()
    card = downloads["Model card"]()
    assert yaml.safe_load(card.decode().split("---\n")[1])["pipeline_tag"] == "image-classification"
    with zipfile.ZipFile(io.BytesIO(downloads["Hugging Face"]())) as packed:
        assert packed.read("README.md") == card
        assert packed.read("model.safetensors") == run.weights.read_bytes()


def test_networks_are_traced_in_a_process_of_their_own(
    run: Run, open_menu: Callable[[Run], AppTest], downloads: Downloads, monkeypatch: pytest.MonkeyPatch
) -> None:
    def make(export: Export, run: Run) -> dict[str, bytes]:
        return {export.file_of(run): f"{export.name} of {run.id}".encode()}

    monkeypatch.setattr(download_menu, "make_apart", make)
    open_menu(run)
    assert downloads["ONNX"]() == f"onnx of {run.id}".encode()
    assert downloads["TorchScript"]() == f"torchscript of {run.id}".encode()
    assert downloads["Weights"]() == run.weights.read_bytes()


def test_a_run_before_its_first_epoch_says_what_it_lacks(
    run: Run, open_menu: Callable[[Run], AppTest], downloads: Downloads
) -> None:
    run.weights.unlink()
    run.history_file.unlink()
    said = words_of(open_menu(run))
    assert downloads.keys() == {"Archive"}
    without = "**Weights, ONNX, TorchScript, Model card, Hugging Face**"
    assert f"{without}: The run has no weights yet: wait for its first epoch, or choose another run." in said
    assert "**TensorBoard**: The run has no history: choose one that was trained for at least one epoch." in said


def test_the_champion_has_no_curves_to_give(
    open_menu: Callable[[Run], AppTest], downloads: Downloads, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("digitlab.settings.CHECKPOINTS", CHECKPOINTS)
    said = words_of(open_menu(Run(CHECKPOINTS / "champion")))
    assert downloads.keys() == TITLES - {"TensorBoard"}
    assert "**TensorBoard**: The run has no history: choose one that was trained for at least one epoch." in said


def test_a_missing_package_is_named_with_what_to_run(
    run: Run, open_menu: Callable[[Run], AppTest], downloads: Downloads, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "onnx", None)  # as Python marks what cannot be imported
    said = words_of(open_menu(run))
    assert downloads.keys() == TITLES - {"ONNX"}
    assert any("needs the package onnx" in line and 'pip install ".[export]"' in line for line in said)
