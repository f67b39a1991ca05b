"""The command line, called in this process as a terminal would call it."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from digitlab.cli import train
from digitlab.cli.main import main
from digitlab.runs import catalog, scoring


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
def _own_checkpoints(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (catalog, scoring, train):
        monkeypatch.setattr(module, "CHECKPOINTS", tmp_path / "checkpoints")


@pytest.fixture
def call() -> Call:
    """Calls `digitlab` with some words; an exception that is not caught fails the test."""

    def run(*words: object) -> Called:
        done = CliRunner(catch_exceptions=False).invoke(main, [str(word) for word in words])
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
