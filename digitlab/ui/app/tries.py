"""How often codes may be tried: after some wrong ones, each costs a longer pause, for one client and for all."""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass


@dataclass
class _Record:
    wrong: int = 0
    closed_until: float = 0.0
    last: float = 0.0


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


class Tries:
    """Remembers wrong codes. clock: gives seconds that never go back."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._all = _Record()
        self._clients: OrderedDict[str, _Record] = OrderedDict()

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
        """Note a right code: the client's wrong ones are forgotten."""
        self._clients.pop(client, None)

    def _note(self, record: _Record, rule: _Rule) -> None:
        now = self._clock()
        if now - record.last > _FORGOTTEN:
            record.wrong = 0
        record.wrong, record.last = record.wrong + 1, now
        record.closed_until = now + rule.pause(record.wrong)
