"""How often codes may be tried: after some wrong ones, each costs a longer pause, for one client and for all. And how
many may come in from one place: who comes again without their pass is somebody new, with a share of their own."""

import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass


@dataclass
class _Record:
    wrong: int = 0
    closed_until: float = 0.0
    last: float = 0.0
    forgiven: int = 0


@dataclass(frozen=True)
class _Rule:
    """free: wrong codes without a pause; longest: the longest pause, in seconds."""

    free: int
    longest: float

    def pause(self, wrong: int) -> float:
        return 0.0 if wrong < self.free else min(self.longest, 2.0 ** min(wrong - self.free, 20))


_CLIENT, _ALL = _Rule(free=5, longest=300.0), _Rule(free=60, longest=10.0)
"""One client may block itself for minutes. All together wait seconds: nobody shall lock a class out."""

_FORGOTTEN = 900.0
"""Seconds after which wrong codes are forgotten."""

_MOST_CLIENTS = 2000

_MOST_FORGIVEN = 8
"""Right codes that make a client's wrong ones forgotten: a class may stand behind one address. Without an end a pupil
would guess the teacher's code for ever, with the class's code in between."""

_MOST_NEW, _HOUR = 60, 3600.0
"""New visitors from one client in an hour: two classes behind one address."""


class Tries:
    """Remembers wrong codes. clock: gives seconds that never go back."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._all = _Record()
        self._clients: OrderedDict[str, _Record] = OrderedDict()
        self._new: OrderedDict[str, deque[float]] = OrderedDict()

    def wait(self, client: str) -> float:
        """Seconds until a client may try again; 0 when it may now. A right code has to wait, too."""
        now = self._clock()
        records = [self._all, self._clients.get(client, _Record())]
        return max(0.0, *(record.closed_until - now for record in records))

    def wrong(self, client: str) -> None:
        """Note a wrong code."""
        record = self._clients.setdefault(client, _Record())
        self._clients.move_to_end(client)
        while len(self._clients) > _MOST_CLIENTS:
            self._clients.popitem(last=False)
        self._note(record, _CLIENT)
        self._note(self._all, _ALL)

    def right(self, client: str) -> None:
        """Note a right code: the client's wrong ones are forgotten, unless that has been done often already."""
        record = self._clients.get(client)
        if record is not None and record.wrong and record.forgiven < _MOST_FORGIVEN:
            record.wrong, record.closed_until, record.forgiven = 0, 0.0, record.forgiven + 1

    def wait_as_new(self, client: str) -> float:
        """Seconds until somebody new may come in from a client; 0 when they may now, and then it is noted."""
        now = self._clock()
        came = self._new.setdefault(client, deque())
        self._new.move_to_end(client)
        while len(self._new) > _MOST_CLIENTS:
            self._new.popitem(last=False)
        while came and now - came[0] >= _HOUR:
            came.popleft()
        if len(came) >= _MOST_NEW:
            return came[0] + _HOUR - now
        came.append(now)
        return 0.0

    def _note(self, record: _Record, rule: _Rule) -> None:
        now = self._clock()
        if now - record.last > _FORGOTTEN:
            record.wrong = record.forgiven = 0
        record.wrong, record.last = record.wrong + 1, now
        record.closed_until = now + rule.pause(record.wrong)
