"""How often codes may be tried: after some wrong ones, each costs a longer pause, for one client and for all. And how
many may come in from one place: who comes again without their pass is somebody new, with a share of their own.

The records lie in the runs folder: several servers on one folder count together, and a restart forgets nothing.
"""

import json
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from digitlab.access import NotAllowed
from digitlab.errors import BadRun, NotSaved
from digitlab.files import read_json, write_text


@dataclass
class _Record:
    """wrong, forgiven: how many; closed_until, last: seconds of the clock."""

    wrong: float = 0
    closed_until: float = 0.0
    last: float = 0.0
    forgiven: float = 0


@dataclass(frozen=True)
class _Rule:
    """free: wrong codes without a pause; longest: the longest pause, in seconds."""

    free: int
    longest: float

    def pause(self, wrong: float) -> float:
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


_FILE, _LOCK = ".tries.json", ".tries.lock"
_LARGEST = 8_000_000
"""Bytes of the file; full of clients and newcomers it has some two million."""

_PATIENCE = 10.0
"""Seconds to wait for others who are at the door."""


class Tries:
    """Remembers wrong codes. clock: gives seconds that are the same for all who share the records."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._mine = threading.Lock()
        self._is_saved = True
        self._forget_all()

    def _forget_all(self) -> None:
        self._all = _Record()
        self._clients: OrderedDict[str, _Record] = OrderedDict()
        self._new: OrderedDict[str, deque[float]] = OrderedDict()

    @contextmanager
    def shared(self, folder: Path) -> Iterator[None]:
        """Within it these are the records of all who share the folder, and nobody else uses them.

        Where the folder cannot be written, each server remembers for itself. Raises NotAllowed when others are at the
        door for too long.
        """
        with self._mine, _alone(folder):
            if self._is_saved:
                self._read(folder / _FILE)
            before = self._as_text()
            yield
            if (after := self._as_text()) != before:
                try:
                    write_text(folder / _FILE, after)
                    self._is_saved = True
                except NotSaved:
                    self._is_saved = False

    def _read(self, path: Path) -> None:
        self._forget_all()
        if not path.exists():
            return
        try:
            found = read_json(path, _LARGEST)
            self._all = _Record(*map(float, found["all"]))
            self._clients.update((name, _Record(*map(float, one))) for name, one in found["clients"].items())
            self._new.update((name, deque(map(float, came))) for name, came in found["new"].items())
        except (BadRun, KeyError, TypeError, ValueError, AttributeError):
            self._forget_all()  # damaged: the count begins anew, and the next wrong code replaces the file

    def _as_text(self) -> str:
        """What is still remembered of those who tried."""
        now = self._clock()
        clients = {name: astuple(one) for name, one in self._clients.items() if now - one.last <= _FORGOTTEN}
        new = {name: list(came) for name, came in self._new.items() if came and now - came[-1] < _HOUR}
        return json.dumps({"all": astuple(self._all), "clients": clients, "new": new}) + "\n"

    def wait(self, client: str) -> float:
        """Seconds until a client may try again; 0 when it may now. A right code has to wait, too."""
        now = self._clock()
        records = [self._all, self._clients.get(client, _Record())]
        # A record of later than now is from before the clock was set back: it locks nobody out.
        return max(0.0, 0.0, *(record.closed_until - now for record in records if record.last <= now))

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
        while came and not 0 <= now - came[0] < _HOUR:
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


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keeps other processes out; where there can be no lock file, each goes on by itself."""
    lock = FileLock(folder / _LOCK)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=_PATIENCE)
    except Timeout as error:
        raise NotAllowed("Many people join at this moment. Try again in a second.") from error
    except OSError:
        pass
    try:
        yield
    finally:
        lock.release()
