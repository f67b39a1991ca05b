"""Pages without a browser: AppTest, and toy models that always say the same digit."""

from collections.abc import Callable
from pathlib import Path

import pytest
import streamlit as st
import torch
from streamlit.testing.v1 import AppTest

from digitlab.config import TrainConfig
from digitlab.data.handwriting import add_drawing
from digitlab.data.handwriting_file import MyDrawing
from digitlab.ink.strokes import Drawing
from digitlab.models import REGISTRY, Softmax
from digitlab.runs.run import Run, now
from digitlab.runs.status import State, Status
from digitlab.ui.app import readers
from tests.pages.driven_page import PAGES, MakeModel, OpenPage, teach
from tests.pages.handwriting_page import OpenHandwriting, folder, slanted

FRAME = Path(__file__).parents[2] / "digitlab" / "ui" / "app" / "frame.py"


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    """What another test had computed: toy weights are the same in many of them."""
    st.cache_data.clear()
    st.cache_resource.clear()


@pytest.fixture(autouse=True)
def _no_shipped_checkpoints(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("digitlab.settings.CHECKPOINTS", tmp_path / "checkpoints")
    monkeypatch.setattr(readers, "_loaded", type(readers._loaded)())


@pytest.fixture
def make_model(tmp_path: Path) -> MakeModel:
    """A checkpoint that says the same digit to everything: make_model("softmax", 7, temperature=2.0)."""

    def make(name: str, digit: int, model: str = "softmax", temperature: float = 1.0) -> Run:
        run = Run.create(tmp_path / "checkpoints", TrainConfig(model=model, data="sklearn"))
        run = Run(run.folder.rename(tmp_path / "checkpoints" / name))
        run.write_status(Status(State.DONE, created=now(), updated=now()))
        teach(run, digit)
        if temperature != 1:
            run.write_results({**run.results, "doubt": {"temperature": temperature, "threshold": 0.0}})
        return run

    return make


@pytest.fixture
def next_digit(monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of an architecture that takes softmax's weights and says the digit after the one that they say."""

    class NextDigit(Softmax):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return super().forward(x).roll(1, 1)

    monkeypatch.setitem(REGISTRY, "softmax-next", NextDigit)
    return "softmax-next"


@pytest.fixture
def downloads(monkeypatch: pytest.MonkeyPatch) -> dict[str, Callable[[], str]]:
    """What makes the file of each download button that a page shows, by the button's label."""
    found: dict[str, Callable[[], str]] = {}
    monkeypatch.setattr(st, "download_button", lambda label, data, **how: found.update({label: data}))
    return found


@pytest.fixture
def open_page() -> OpenPage:
    """The app at an address: open_page(models="softmax,cnn")."""

    def open_at(**query: str) -> AppTest:
        app = AppTest.from_file(str(FRAME), default_timeout=120)
        for name, value in query.items():
            app.query_params[name] = value
        return app.run()

    return open_at


@pytest.fixture
def look(open_page: OpenPage) -> OpenHandwriting:
    """The page at an address: look(digit="7")."""

    def open_at(**query: str) -> AppTest:
        app = open_page().switch_page(f"{PAGES}/handwriting.py")
        for name, value in query.items():
            app.query_params[name] = value
        return app.run()

    return open_at


@pytest.fixture
def drawn() -> list[MyDrawing]:
    """Three sevens and a one by anna, three ones by bo."""
    hands = [(7, "anna"), (7, "anna"), (7, "anna"), (1, "anna"), (1, "bo"), (1, "bo"), (1, "bo")]
    return [add_drawing(folder(), Drawing(ink=slanted(n)), digit, writer) for n, (digit, writer) in enumerate(hands)]
