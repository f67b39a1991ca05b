"""`/api/live`: drawings come while they are drawn, and what the models see in them goes back.

One message is under way per socket, and of those that wait only the newest counts. What waits from all sockets is read
together, in a thread of its own, so that a class of pens shares each model's batches. What is wrong with a message
becomes its answer's one line, and the socket stays open.

There are two lanes, `?lane=quick` and `?lane=slow`, each with a thread of its own: a view that takes long is asked on
the slow one, and the answers of all pens go on meanwhile.
"""

import asyncio
import time
from collections import OrderedDict, deque
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

from starlette.datastructures import Headers
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from digitlab.ui.app.guard import visitor_of
from digitlab.ui.app.live_messages import answer_all
from digitlab.ui.app.own_hosts import is_own_host, is_same_origin
from digitlab.ui.components.live import Lane

MOST_SOCKETS = 400
MOST_A_SECOND = 120
"""Sockets in all; messages a second of each, above which the socket waits."""

_MOST_TOGETHER: Mapping[Lane, int] = {"quick": 32, "slow": 4}
"""Messages that are read together: answers share the models' batches, slow views only delay one another."""

_POLICY, _TRY_LATER = 1008, 1013
"""Close codes: the socket is not wanted; there is no room for it now."""

_HERE = ("127.0.0.1", "::1")


class Batches:
    """Reads what waits from all sockets together, in one thread, while the event loop goes on.

    Everybody has a turn before anybody has a second one, and in each batch everybody has at most one: a batch is
    answered when its last message is, so that whoever sends many costly drawings waits for them alone.
    """

    def __init__(self, lane: Lane = "quick") -> None:
        self._lane = lane
        self._waiting: OrderedDict[str, deque[tuple[str, asyncio.Future[str]]]] = OrderedDict()
        self._thread = ThreadPoolExecutor(1, f"live {lane}")
        self._running: asyncio.Task[None] | None = None

    async def answer(self, text: str, who: str) -> str:
        """The answer to a message, as soon as it is its turn. who: whose messages take turns with those of others."""
        future: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(who, deque()).append((text, future))
        if self._running is None or self._running.done():
            self._running = asyncio.create_task(self._run())
        return await future

    async def _run(self) -> None:
        while self._waiting:
            batch = self._take()
            texts = [text for text, _ in batch]
            answers = await asyncio.get_running_loop().run_in_executor(self._thread, answer_all, texts, self._lane)
            for (_, future), answer in zip(batch, answers, strict=True):
                if not future.done():  # its socket may have gone meanwhile
                    future.set_result(answer)

    def _take(self) -> "list[tuple[str, asyncio.Future[str]]]":
        """The oldest message of each who waits, those first who waited longest for a turn."""
        batch = []
        for who in list(self._waiting)[: _MOST_TOGETHER[self._lane]]:
            messages = self._waiting.pop(who)
            batch.append(messages.popleft())
            if messages:
                self._waiting[who] = messages
        return batch


_batches: Mapping[str, Batches] = {"quick": Batches("quick"), "slow": Batches("slow")}
_open: set[int] = set()


async def live(socket: WebSocket) -> None:
    """One tab's channel, from its first drawing to its end."""
    if not may_connect(socket.headers, socket.client.host if socket.client else ""):
        await socket.close(_POLICY)
        return
    await socket.accept()
    if len(_open) >= MOST_SOCKETS:
        await socket.close(_TRY_LATER, "Too many pens are connected. The page answers all the same, a little later.")
        return
    _open.add(id(socket))
    newest = _Newest()
    who = visitor_of(socket.scope).id or f"socket {id(socket)}"
    batches = _batches.get(socket.query_params.get("lane", ""), _batches["quick"])
    answering = asyncio.create_task(_answer(socket, newest, who, batches))
    try:
        await _receive(socket, newest)
    except (WebSocketDisconnect, RuntimeError):  # gone, while one side was still speaking
        pass
    finally:
        answering.cancel()
        _open.discard(id(socket))


class _Newest:
    """The newest message that waits; an older one is dropped for it."""

    def __init__(self) -> None:
        self._text = ""
        self._there = asyncio.Event()

    def put(self, text: str) -> None:
        self._text = text
        self._there.set()

    async def take(self) -> str:
        await self._there.wait()
        self._there.clear()
        return self._text


async def _receive(socket: WebSocket, newest: _Newest) -> None:
    began, count = time.monotonic(), 0
    while True:
        message = await socket.receive()
        if message["type"] == "websocket.disconnect":
            return
        newest.put(message.get("text") or "")
        count += 1
        if count >= MOST_A_SECOND:
            await asyncio.sleep(max(0.0, began + 1 - time.monotonic()))  # whoever floods waits at the network's door
            began, count = time.monotonic(), 0


async def _answer(socket: WebSocket, newest: _Newest, who: str, batches: Batches) -> None:
    while True:
        await socket.send_text(await batches.answer(await newest.take(), who))


def may_connect(headers: Headers, client: str) -> bool:
    """Whether a socket may be opened: from the page's own host, or without an origin from this machine."""
    return is_own_origin(headers) and ("origin" in headers or client in _HERE)


def is_own_origin(headers: Headers) -> bool:
    """Whether a request is for a host that the installation allows and comes from its own pages, or from no page."""
    return is_own_host(headers.get("host")) and is_same_origin(headers)


ROUTE = WebSocketRoute("/api/live", live)
