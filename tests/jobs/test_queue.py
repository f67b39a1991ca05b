import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from filelock import FileLock

from digitlab.config import TrainConfig
from digitlab.jobs.queue import Command, Queue, Ticket, read_command, wait_while, write_command
from digitlab.runs.run import Run
from digitlab.runs.status import State, Status

InLine = Callable[[Queue, int], list[Ticket]]


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    return tmp_path / "runs"


@pytest.fixture
def in_line(runs: Path) -> Iterator[InLine]:
    """Puts living runs in line, one a second, and gives their tickets."""
    held: list[FileLock] = []

    def line_up(queue: Queue, count: int) -> list[Ticket]:
        tickets = [Ticket(queue, Run.create(runs, TrainConfig())) for _ in range(count)]
        for second, ticket in enumerate(tickets):
            held.append(ticket.run.lock())
            held[-1].acquire()
            ticket.line_up()
            os.utime(queue.ticket_file(ticket.run.id), (second, second))
        return tickets

    yield line_up
    for lock in held:
        lock.release()


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Gets the id of every run whose state is asked for."""
    ids: list[str] = []
    state = Run.state.fget
    assert state is not None

    def noted(run: Run) -> State:
        ids.append(run.id)
        found: State = state(run)
        return found

    monkeypatch.setattr(Run, "state", property(noted))
    return ids


def dead(queue: Queue, second: int = 0) -> Run:
    """A run that was killed while it stood in line."""
    run = Run.create(queue.runs, TrainConfig())
    queue.folder.mkdir(exist_ok=True)
    queue.ticket_file(run.id).touch()
    run.write_status(Status(State.QUEUED, updated="2001-01-01T00:00:00+00:00"))
    os.utime(queue.ticket_file(run.id), (second, second))
    return run


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


def test_without_a_folder_the_command_is_stop(tmp_path: Path) -> None:
    assert read_command(Run(tmp_path / "deleted")) is Command.STOP


def test_a_command_may_be_written_by_hand(make_run: Callable[..., Run]) -> None:
    run = make_run()
    (run.folder / "control").write_text("pause\n")
    assert read_command(run) is Command.PAUSE


def test_waiting_ends_with_the_condition_or_with_a_stop(
    make_run: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    run = make_run()
    monkeypatch.setattr("digitlab.jobs.queue.LOOK", 0)
    answers = iter([True, True, False])
    assert wait_while(lambda: next(answers), run) is Command.RUN
    assert next(answers, None) is None

    def stopped_meanwhile() -> bool:
        write_command(run, Command.STOP)
        return True

    assert wait_while(stopped_meanwhile, run) is Command.STOP


def test_there_are_as_many_slots_as_asked_for(runs: Path, in_line: InLine) -> None:
    first, second, third = in_line(Queue(runs, 2), 3)
    assert first.try_slot()
    assert second.try_slot()
    assert not third.try_slot()
    first.release()
    assert third.try_slot()


def test_where_an_engine_gives_the_turns_whoever_has_begun_has_its_slot(runs: Path, in_line: InLine) -> None:
    queue = Queue(runs, None)
    first, second = in_line(queue, 2)
    assert second.try_slot()
    assert list(queue.waiting()) == [first.run.id]
    second.release()
    assert second.try_slot()


def test_a_slot_stays_ones_own_however_often_one_asks(runs: Path, in_line: InLine) -> None:
    first, second = in_line(Queue(runs, 1), 2)
    assert first.try_slot()
    assert first.try_slot()
    assert not second.try_slot()


def test_who_waits_longest_comes_first(runs: Path, in_line: InLine) -> None:
    queue = Queue(runs, 1)
    first, second = in_line(queue, 2)
    assert list(queue.waiting()) == [first.run.id, second.run.id]
    assert not second.try_slot()
    assert first.try_slot()
    assert list(queue.waiting()) == [second.run.id]


def test_the_dead_do_not_hold_up_the_line(runs: Path, in_line: InLine) -> None:
    queue = Queue(runs, 1)
    dead(queue)
    assert in_line(queue, 1)[0].try_slot()


def test_asking_who_waits_deletes_nothing(runs: Path, in_line: InLine) -> None:
    queue = Queue(runs, 1)
    first, second = in_line(queue, 2)
    killed, deleted = dead(queue), dead(queue)
    for path in deleted.folder.iterdir():
        path.unlink()
    deleted.folder.rmdir()
    before = sorted(queue.folder.iterdir())
    assert {path.name for path in before} == {killed.id, deleted.id, first.run.id, second.run.id}
    assert list(queue.waiting()) == [first.run.id, second.run.id]
    assert not second.try_slot()
    assert sorted(queue.folder.iterdir()) == before


def test_tickets_of_runs_that_were_killed_in_line_or_deleted_go_with_the_next_that_lines_up(
    runs: Path, in_line: InLine
) -> None:
    queue = Queue(runs, 1)
    killed, deleted = dead(queue), dead(queue)
    deleted.folder.rename(runs / "elsewhere")
    (living,) = in_line(queue, 1)
    assert [path.name for path in queue.folder.iterdir()] == [living.run.id]
    assert killed.state is State.INTERRUPTED


def test_who_lines_up_after_the_clock_was_set_back_is_behind_those_before(runs: Path) -> None:
    queue = Queue(runs, 1)
    first, second = (Run.create(runs, TrainConfig()) for _ in range(2))
    queue.line_up(first)
    ahead = time.time() + 10_000
    os.utime(queue.ticket_file(first.id), (ahead, ahead))
    queue.line_up(second)
    assert list(queue.waiting()) == [first.id, second.id]


def test_a_run_that_was_killed_in_line_can_line_up_again(runs: Path, in_line: InLine) -> None:
    queue = Queue(runs, 1)
    killed = dead(queue)
    (other,) = in_line(queue, 1)
    with killed.lock():
        queue.line_up(killed)
        assert list(queue.waiting()) == [other.run.id, killed.id]


def test_the_last_in_line_looks_at_the_first_alone(runs: Path, in_line: InLine, asked: list[str]) -> None:
    tickets = in_line(Queue(runs, 2), 6)
    asked.clear()
    assert not tickets[-1].try_slot()
    assert asked == [tickets[0].run.id]


def test_leaving_gives_slot_and_ticket_back(runs: Path, in_line: InLine) -> None:
    queue = Queue(runs, 1)
    one, other = in_line(queue, 2)
    with one as ticket:
        assert ticket.try_slot()
    assert other.try_slot()
    with one:
        assert list(queue.waiting()) == [one.run.id]
    assert list(queue.waiting()) == []
    assert not queue.ticket_file(one.run.id).exists()


def test_foreign_files_in_the_queue_are_ignored(runs: Path) -> None:
    queue = Queue(runs, 1)
    assert list(queue.waiting()) == []
    queue.folder.mkdir(parents=True)
    (queue.folder / "notes.txt").touch()
    assert list(queue.waiting()) == []
    assert (queue.folder / "notes.txt").exists()
