"""The command line, called in this process as a terminal would call it."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import digitlab.settings
from digitlab.cli.main import main
from digitlab.runs.listing import Catalogue
from digitlab.settings import Settings


@dataclass(frozen=True)
class Called:
    """How a command ended, and what it printed."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """The one JSON object on standard output."""
        value = json.loads(self.out)
        assert isinstance(value, dict)
        return value


Call = Callable[..., Called]


@pytest.fixture(autouse=True)
def checkpoints(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of checkpoints of the test's own, which is not there yet."""
    monkeypatch.setattr(digitlab.settings, "CHECKPOINTS", tmp_path / "checkpoints")
    return tmp_path / "checkpoints"


@pytest.fixture
def catalogue() -> Catalogue:
    return Catalogue(Settings.from_environment())


@pytest.fixture
def call() -> Call:
    """Calls `digitlab` with some words; an exception that is not caught fails the test.

    entered: what it reads from standard input. Other options go to click's context, such as terminal_width.
    """

    def run(*words: object, entered: bytes = b"", **context: Any) -> Called:
        runner = CliRunner(catch_exceptions=False)
        done = runner.invoke(main, [str(word) for word in words], input=entered, **context)
        return Called(done.exit_code, done.stdout, done.stderr)

    return run


@pytest.fixture
def refuse(call: Call, tmp_path: Path) -> Callable[..., str]:
    """Calls with bad input: exit code 2, one line on standard error, nothing else; returns that line."""

    def run(*words: object) -> str:
        before = sorted((tmp_path / "runs").rglob("*"))
        called = call(*words)
        lines = called.err.splitlines()
        assert (called.code, called.out, len(lines)) == (2, "", 1), called
        assert lines[0].startswith("Error: ")
        assert len(lines[0]) < 500
        assert "Traceback" not in lines[0]
        assert sorted((tmp_path / "runs").rglob("*")) == before
        return lines[0]

    return run
