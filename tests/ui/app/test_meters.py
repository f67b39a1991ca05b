"""What each visitor takes of the server."""

import pytest

from digitlab.access import Quotas
from digitlab.ui.app import meters
from digitlab.ui.app.meters import Meter, Meters
from tests.ui.app.apart import run_apart


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(("kind", "at_once"), [("messages", 4), ("page_messages", 16)])
def test_so_many_come_at_once_and_then_so_many_a_second(
    monkeypatch: pytest.MonkeyPatch, kind: str, at_once: int
) -> None:
    clock = Clock()
    meter, pauses = Meter(Quotas(messages=4, page_messages=4), clock), []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)
        clock.now += seconds

    async def many() -> None:
        for _ in range(at_once + 6):
            await getattr(meter, kind).turn()

    monkeypatch.setattr(meters.asyncio, "sleep", pause)
    run_apart(many())
    assert pauses == [0.25] * 6
    pauses.clear()
    clock.now += 60
    run_apart(many())
    assert pauses == [0.25] * 6, "a pause saves up no more than that"


def test_page_runs_and_drawings_do_not_wait_for_one_another(monkeypatch: pytest.MonkeyPatch) -> None:
    meter = Meter(Quotas(messages=2, page_messages=2), Clock())

    async def pause(_seconds: float) -> None:
        pytest.fail("It waited.")

    async def some() -> None:
        for rate in (meter.messages, meter.page_messages) * 2:
            await rate.turn()

    monkeypatch.setattr(meters.asyncio, "sleep", pause)
    run_apart(some())


def test_uploads_are_counted_by_number_and_by_size_for_an_hour() -> None:
    clock = Clock()
    meter = Meter(Quotas(uploads=3, megabytes=10), clock)
    assert meter.take_upload(6_000_000)
    assert not meter.take_upload(5_000_000)
    assert meter.take_upload(4_000_000)
    assert meter.take_upload(0)
    assert not meter.take_upload(0)
    clock.now += 3601
    assert meter.take_upload(10_000_000)


def test_visitors_are_forgotten_unless_they_are_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(meters, "_MOST", 3)
    everyone, quotas = Meters(Clock()), Quotas()
    everyone.of("here", quotas).sockets = 1
    for number in range(10):
        everyone.of(f"gone {number}", quotas)
    assert len(everyone._meters) == 3
    assert everyone.of("here", quotas).sockets == 1
