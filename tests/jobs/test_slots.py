import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from filelock import FileLock

from digitlab.config import TrainConfig
from digitlab.jobs.slots import Queue, Ticket
from digitlab.runs.run import Run
from digitlab.runs.status import State, Status


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    return tmp_path / "runs"


@pytest.fixture
def in_line(runs: Path) -> Iterator[Callable[[Queue, int], list[Ticket]]]:
    """Puts living runs in line, one a second, and gives their tickets."""
    held: list[FileLock] = []

    def line_up(queue: Queue, count: int) -> list[Ticket]:
        tickets = [Ticket(queue, Run.create(runs, TrainConfig())) for _ in range(count)]
        for second, ticket in enumerate(tickets):
            held.append(ticket.run.lock())
            held[-1].acquire()
            ticket.line_up()
            os.utime(queue.place(ticket.run.id), (second, second))
        return tickets

    yield line_up
    for lock in held:
        lock.release()


def test_there_are_as_many_slots_as_asked_for(runs: Path, in_line: Callable[..., list[Ticket]]) -> None:
    first, second, third = in_line(Queue(runs, 2), 3)
    assert first.try_slot()
    assert second.try_slot()
    assert not third.try_slot()
    first.release()
    assert third.try_slot()


def test_a_slot_is_kept_however_often_one_asks(runs: Path, in_line: Callable[..., list[Ticket]]) -> None:
    first, second = in_line(Queue(runs, 1), 2)
    assert first.try_slot()
    assert first.try_slot()
    assert not second.try_slot()


def test_who_waits_longest_comes_first(runs: Path, in_line: Callable[..., list[Ticket]]) -> None:
    queue = Queue(runs, 1)
    first, second = in_line(queue, 2)
    assert queue.waiting() == [first.run.id, second.run.id]
    assert not second.try_slot()
    assert first.try_slot()
    assert queue.waiting() == [second.run.id]


def test_the_dead_do_not_hold_up_the_line(runs: Path, in_line: Callable[..., list[Ticket]]) -> None:
    queue = Queue(runs, 1)
    dead = Run.create(runs, TrainConfig())
    queue.line_up(dead)
    dead.write_status(Status(State.QUEUED, updated="2026-01-01T00:00:00+00:00"))
    os.utime(queue.place(dead.id), (0, 0))
    assert in_line(queue, 1)[0].try_slot()
    assert not queue.place(dead.id).exists()


def test_leaving_gives_slot_and_place_back(runs: Path, in_line: Callable[..., list[Ticket]]) -> None:
    queue = Queue(runs, 1)
    one, other = in_line(queue, 2)
    with one as ticket:
        assert ticket.try_slot()
    assert other.try_slot()
    with one:
        assert queue.waiting() == [one.run.id]
    assert queue.waiting() == []


def test_foreign_files_in_the_queue_are_ignored(runs: Path) -> None:
    queue = Queue(runs, 1)
    assert queue.waiting() == []
    queue.folder.mkdir(parents=True)
    (queue.folder / "notes.txt").touch()
    assert queue.waiting() == []
    assert (queue.folder / "notes.txt").exists()
