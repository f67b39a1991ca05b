import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from digitlab import __version__
from digitlab.cli.main import main

PROJECT = Path(__file__).parents[2]
COMMANDS = ["train", "evaluate", "predict", "runs"]


def test_the_version_and_all_commands_are_told(call: Callable) -> None:
    assert __version__ in call("--version").out
    for flag in ("--help", "-h"):
        assert all(command in call(flag).out for command in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str, call: Callable) -> None:
    called = call(command, "--help")
    assert (called.code, called.err) == (0, "")
    assert "Usage:" in called.out
    assert "--json" in called.out


def test_no_command_shows_the_help_and_is_an_error(call: Callable) -> None:
    called = call()
    assert (called.code, called.out) == (2, "")
    assert "Usage:" in called.err


@pytest.mark.parametrize("words", [["fly"], ["--speed"], ["runs", "--speed"], ["runs", "extra"], ["predict"]])
def test_wrong_words_are_refused_in_one_line(words: list[str], refuse: Callable[..., str]) -> None:
    refuse(*words)


def test_a_message_of_several_lines_becomes_one(call: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    @click.command()
    def fail() -> None:
        raise click.UsageError("one\ntwo\n  three")

    monkeypatch.setitem(main.commands, "fail", fail)
    assert call("fail").err == "Error: one two three\n"


def test_the_keyboard_ends_a_command_with_130(call: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    @click.command()
    def wait() -> None:
        raise KeyboardInterrupt

    monkeypatch.setitem(main.commands, "wait", wait)
    called = call("wait")
    assert called.code == 130
    assert called.err.strip() == "Stopped."


def test_python_m_digitlab_is_the_command_line(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "digitlab", "predict", "nobody", "nothing.png"]
    done = subprocess.run(words, cwd=tmp_path, env={"PYTHONPATH": str(PROJECT)}, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("Error: There is no model 'nobody'.")
    assert done.stderr.count("\n") == 1
    assert not list(tmp_path.iterdir())
