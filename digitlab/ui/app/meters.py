"""What each visitor of a class takes of the server: open sockets, messages a second, uploads in an hour."""

import asyncio
import time
from collections import OrderedDict, deque
from collections.abc import Callable

from digitlab.access import Quotas

_HOUR = 3600.0
_MOST = 2000
"""Visitors that are remembered; those with open sockets always are."""

_QUESTIONS = 2
"""Questions of scripts that are answered at the same time; each may hold a picture of 20 MB."""

_BURST = 4
"""Seconds' worth of page messages that may come at once, such as those of a stroke where there is no live channel."""

Clock = Callable[[], float]


class _Rate:
    """So many a second, and `burst` times as many at once after a pause; what comes beyond that waits."""

    def __init__(self, most: int, clock: Clock, burst: int = 1) -> None:
        self._most, self._clock = most, clock
        self._full = float(most * burst)
        self._left, self._last = self._full, clock()

    async def turn(self) -> None:
        """Wait until one more may be taken."""
        while (wait := self._wait()) > 0:
            await asyncio.sleep(wait)

    def _wait(self) -> float:
        now = self._clock()
        self._left = min(self._full, self._left + (now - self._last) * self._most)
        self._last = now
        if self._left < 1:
            return (1 - self._left) / self._most
        self._left -= 1
        return 0.0


class Meter:
    """Of one visitor. messages: drawings and questions of scripts. page_messages: what makes a page run.

    questions: lets in so many of a script's at a time; what waits for it has not been read yet.
    """

    def __init__(self, quotas: Quotas, clock: Clock) -> None:
        self.quotas, self._clock = quotas, clock
        self.messages, self.page_messages = _Rate(quotas.messages, clock), _Rate(quotas.page_messages, clock, _BURST)
        self.questions = asyncio.Semaphore(_QUESTIONS)
        self.sockets = 0
        self._uploads: deque[tuple[float, int]] = deque()

    def has_socket(self) -> bool:
        """Whether one more socket may be opened."""
        return self.sockets < self.quotas.sockets

    def take_upload(self, size: int) -> bool:
        """Whether a file of so many bytes may come; then it counts."""
        now = self._clock()
        while self._uploads and now - self._uploads[0][0] > _HOUR:
            self._uploads.popleft()
        taken = sum(one for _, one in self._uploads)
        if len(self._uploads) >= self.quotas.uploads or taken + size > self.quotas.megabytes * 1_000_000:
            return False
        self._uploads.append((now, size))
        return True


class Meters:
    """Of all visitors, by their ids."""

    def __init__(self, clock: Clock = time.monotonic) -> None:
        self._clock = clock
        self._meters: OrderedDict[str, Meter] = OrderedDict()

    def of(self, visitor: str, quotas: Quotas) -> Meter:
        """The visitor's meter; the one that was not asked for longest is forgotten where there are too many."""
        meter = self._meters.setdefault(visitor, Meter(quotas, self._clock))
        self._meters.move_to_end(visitor)
        idle = (name for name, one in self._meters.items() if not one.sockets and name != visitor)
        while len(self._meters) > _MOST and (oldest := next(idle, None)):
            del self._meters[oldest]
            idle = (name for name, one in self._meters.items() if not one.sockets and name != visitor)
        return meter
