from collections.abc import Callable

import pytest

from digitlab.jobs.control import Command, read_command, write_command
from digitlab.runs.run import Run


@pytest.mark.parametrize("command", Command)
def test_a_command_comes_back_as_it_was_given(command: Command, make_run: Callable[..., Run]) -> None:
    run = make_run()
    write_command(run, command)
    assert read_command(run) is command


@pytest.mark.parametrize("content", [b"", b"fly", b"\xff\xfe", b"stop now", b"STOP"])
def test_foreign_content_means_run(content: bytes, make_run: Callable[..., Run]) -> None:
    run = make_run()
    (run.folder / "control").write_bytes(content)
    assert read_command(run) is Command.RUN


def test_without_a_file_the_command_is_run(make_run: Callable[..., Run]) -> None:
    assert read_command(make_run()) is Command.RUN


def test_a_command_may_be_written_by_hand(make_run: Callable[..., Run]) -> None:
    run = make_run()
    (run.folder / "control").write_text("pause\n")
    assert read_command(run) is Command.PAUSE
