import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import numpy as np
import pytest
from PIL import Image

from digitlab import __version__
from digitlab.backup.back_up import back_up
from digitlab.cli.main import main
from digitlab.ink.ink_file import write_ink_file
from digitlab.ink.strokes import LabelledDrawing
from digitlab.runs.archive import pack_run
from digitlab.runs.run import Run
from digitlab.settings import Settings
from tests.cli.conftest import Call

PROJECT = Path(__file__).parents[2]
COMMANDS = [
    "download",
    "train",
    "sweep",
    "evaluate",
    "predict",
    "report",
    "export",
    "runs",
    "import-run",
    "import-unipen",
    "backup",
    "restore",
]

UNIPEN = '.VERSION 1.0\n.PEN_DOWN\n0 9\n5 0\n.PEN_UP\n.SEGMENT DIGIT 0 OK "7"\n'


@pytest.fixture
def examples(make_run: Callable[..., Run], tmp_path: Path) -> dict[str, list[object]]:
    """Words for every command that let it succeed."""
    run = make_run()
    picture = np.full((60, 60), 255, np.uint8)
    picture[10:50, 28:33] = 0
    Image.fromarray(picture).save(tmp_path / "one.png")
    (tmp_path / "unipen").mkdir()
    (tmp_path / "unipen" / "a.dat").write_text(UNIPEN)
    drawn = [LabelledDrawing(ink=[[[0, 0], [n, 9]]], digit=1, writer=f"w{n}") for n in range(2)]
    data = Settings.from_environment().data
    data.mkdir(parents=True, exist_ok=True)
    write_ink_file(data / "pen-digits.jsonl.gz", drawn)  # so that nothing is fetched
    (tmp_path / "run.zip").write_bytes(pack_run(run))
    out = tmp_path / "out"
    return {
        "download": ["pen"],
        "train": ["--model", "softmax", "--data", "sklearn", "--epochs", 0],
        "sweep": ["--list"],
        "evaluate": [run.id],
        "predict": [run.id, tmp_path / "one.png"],
        "report": [run.id, "-o", out],
        "export": [run.id, "--format", "csv", "-o", out],
        "runs": [],
        "import-run": [tmp_path / "run.zip"],
        "import-unipen": [tmp_path / "unipen", "-o", out],
        "backup": [out],
        "restore": [back_up(tmp_path / "backup.zip", Settings.from_environment()).file],
    }


def plain_environment() -> dict[str, str]:
    """That of a user, whose standard output is buffered."""
    ours = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    return {**ours, "PYTHONPATH": str(PROJECT)}


def apart(*words: object, **options: object) -> "subprocess.CompletedProcess[str]":
    """Calls `digitlab` in a process of its own."""
    return subprocess.run(  # type: ignore[call-overload,no-any-return]
        [sys.executable, "-m", "digitlab", *map(str, words)],
        env=plain_environment(),
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        **options,
    )


def test_the_version_and_all_commands_are_named(call: Call) -> None:
    assert __version__ in call("--version").out
    assert sorted(main.commands) == sorted(COMMANDS)
    for flag in ("--help", "-h"):
        assert all(command in call(flag).out for command in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str, call: Call) -> None:
    called = call(command, "--help")
    assert (called.code, called.err) == (0, "")
    assert "Usage:" in called.out
    assert "--json" in called.out


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_prints_one_json_object(command: str, examples: dict[str, list[object]], call: Call) -> None:
    called = call(command, *examples[command], "--json")
    assert called.code == 0
    assert called.out.count("\n") == 1
    assert isinstance(json.loads(called.out), dict)
    assert not call(command, *examples[command]).out.startswith("{")


def test_no_command_shows_the_help_and_is_an_error(call: Call) -> None:
    called = call()
    assert (called.code, called.out) == (2, "")
    assert "Usage:" in called.err


@pytest.mark.parametrize("words", [["fly"], ["--speed"], ["runs", "--speed"], ["runs", "extra"], ["predict"]])
def test_wrong_words_are_refused_in_one_line(words: list[str], refuse: Callable[..., str]) -> None:
    refuse(*words)


@pytest.mark.parametrize("value", ["many", "0", "65"])
def test_a_bad_setting_of_the_installation_is_one_line(
    value: str, refuse: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIGITLAB_JOBS", value)
    assert f"DIGITLAB_JOBS is '{value}'; choose a whole number from 1 to 64." in refuse("runs")


def test_a_message_of_several_lines_becomes_one(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    @click.command()
    def fail() -> None:
        raise click.UsageError("one\ntwo\n  three")

    monkeypatch.setitem(main.commands, "fail", fail)
    assert call("fail").err == "Error: one two three\n"


def test_a_file_that_cannot_be_read_is_named(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    @click.command()
    def fail() -> None:
        raise PermissionError(13, "Permission denied", "some.file")

    monkeypatch.setitem(main.commands, "fail", fail)
    called = call("fail")
    assert called.code == 2
    assert called.err.startswith("Error: some.file cannot be read or written: Permission denied.")


def test_the_keyboard_ends_a_command_with_130(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
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


@pytest.mark.parametrize("words", [["runs"], ["runs", "--json"], ["--help"], ["train", "--help"]])
def test_a_full_disk_is_one_line(words: list[str]) -> None:
    with Path("/dev/full").open("w") as full:
        done = apart(*words, stdout=full)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("Error: The output cannot be read or written: No space left on device.")


@pytest.mark.parametrize("words", [["runs"], ["runs", "--json"], ["train", "--help"]])
def test_whoever_stops_reading_leaves_no_trace(words: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = apart(*words, stdout=writing)
    finally:
        os.close(writing)
    assert (done.returncode, done.stderr) == (0, "")


def test_without_standard_output_there_is_no_traceback() -> None:
    done = subprocess.run(
        ["sh", "-c", '"$0" -m digitlab runs >&-', sys.executable],
        env=plain_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
