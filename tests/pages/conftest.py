"""Pages without a browser: AppTest, and toy models that always say the same digit."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from digitlab.config import TrainConfig
from digitlab.data.mine import KeptDrawing, keep
from digitlab.runs import catalog
from digitlab.runs.run import Run, now
from digitlab.runs.status import State, Status
from digitlab.ui import predictors
from tests.pages.driven_page import MakeModel, OpenPage, teach
from tests.pages.handwriting_page import OpenHandwriting, folder, slanted

FRAME = Path(__file__).parents[2] / "digitlab" / "ui" / "frame.py"


@pytest.fixture(autouse=True)
def _no_shipped_checkpoints(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalog, "CHECKPOINTS", tmp_path / "checkpoints")
    monkeypatch.setattr(predictors, "_loaded", type(predictors._loaded)())


@pytest.fixture
def make_model(tmp_path: Path) -> MakeModel:
    """A checkpoint that says the same digit to everything: make_model("softmax", 7)."""

    def make(name: str, digit: int) -> Run:
        run = Run.create(tmp_path / "checkpoints", TrainConfig(model="softmax", data="sklearn"))
        run = Run(run.folder.rename(tmp_path / "checkpoints" / name))
        run.write_status(Status(State.DONE, created=now(), updated=now()))
        teach(run, digit)
        return run

    return make


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
        app = open_page().switch_page("../../pages/handwriting.py")
        for name, value in query.items():
            app.query_params[name] = value
        return app.run()

    return open_at


@pytest.fixture
def kept() -> list[KeptDrawing]:
    """Three sevens and a one by anna, three ones by bo."""
    hands = [(7, "anna"), (7, "anna"), (7, "anna"), (1, "anna"), (1, "bo"), (1, "bo"), (1, "bo")]
    return [keep(folder(), slanted(n), digit, writer, 18.0) for n, (digit, writer) in enumerate(hands)]
