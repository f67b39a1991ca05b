"""Sessions that are to a server what a browser is: they load the first page's files, and speak both of its sockets."""

import asyncio
import itertools
import json
import random
import re
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx2
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Delta_pb2 import Delta
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException
from websockets.typing import Origin, Subprotocol

from benchmarks.live import EVERY, messages


@dataclass(frozen=True)
class Habits:
    """What sessions do, in seconds. comes: within which they come in. looks: at the answers to a digit.

    stays, away: how long a visit and the time between two may last.
    """

    comes: float = 10.0  # a class does not come in through the door all at once
    looks: float = 3.0
    stays: tuple[float, float] = (60.0, 120.0)
    away: tuple[float, float] = (1.0, 4.0)


_ELSEWHERE = 8
"""Of so many digits about one is followed by a look at another page."""

_LOOKS_ELSEWHERE = 3.0

_PAGES = ("train", "evaluate", "inside", "compare", "handwriting")
_PATIENCE = 60.0
_PAD = "digitlab.ink_pad"


@dataclass
class Tenth:
    """What the sessions saw in one tenth of the time. waits, runs: seconds."""

    waits: list[float] = field(default_factory=list)
    runs: list[float] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)


@dataclass
class Class:
    """All sessions: where they go, and what they have seen."""

    address: str
    until: float
    habits: Habits
    tenth: Tenth = field(default_factory=Tenth)
    errors: Counter[str] = field(default_factory=Counter)
    visits: int = 0

    def wrong(self, what: str) -> None:
        self.tenth.errors[what] += 1
        self.errors[what] += 1


class Page:
    """A session's side of Streamlit's socket: which pages there are, and where the pad is on the one that is open."""

    def __init__(self, socket: ClientConnection, room: Class) -> None:
        self._socket, self._room = socket, room
        self._hashes: dict[str, str] = {}
        self._here = ""
        self._pad = self._fragment = ""

    async def open(self, name: str = "") -> None:
        """Open a page, as a link of the navigation does; the first one without a name."""
        message = BackMsg()
        message.rerun_script.page_script_hash = self._hashes.get(name, "")
        message.rerun_script.context_info.timezone = "UTC"
        await self._run(message)

    async def tell(self, drawing: dict[str, object]) -> None:
        """What the pad sends when the pen rests: the drawing, for the fragment that the pad is in."""
        message = BackMsg()
        message.rerun_script.page_script_hash = self._here
        message.rerun_script.fragment_id = self._fragment
        state = WidgetState(id=self._pad, json_value=json.dumps({"drawing": drawing}))
        message.rerun_script.widget_states.widgets.append(state)
        await self._run(message)

    async def _run(self, message: BackMsg) -> None:
        began = time.perf_counter()
        await self._socket.send(message.SerializeToString())
        while True:
            answer = ForwardMsg()
            answer.ParseFromString(bytes(await asyncio.wait_for(self._socket.recv(decode=False), _PATIENCE)))
            kind = answer.WhichOneof("type")
            if kind == "navigation":
                self._hashes = {page.url_pathname: page.page_script_hash for page in answer.navigation.app_pages}
                self._here = answer.navigation.page_script_hash
            elif kind == "delta":
                self._look_at(answer.delta)
            elif kind == "script_finished":
                if answer.script_finished not in (
                    ForwardMsg.FINISHED_SUCCESSFULLY,
                    ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY,
                ):
                    self._room.wrong(ForwardMsg.ScriptFinishedStatus.Name(answer.script_finished))
                break
        self._room.tenth.runs.append(time.perf_counter() - began)

    def _look_at(self, delta: Delta) -> None:
        element = delta.new_element
        if element.WhichOneof("type") == "exception":
            self._room.wrong(f"exception on a page: {element.exception.message[:80]}")
        if element.bidi_component.component_name == _PAD:
            self._pad, self._fragment = element.bidi_component.id, delta.fragment_id


async def pupil(room: Class, index: int) -> None:
    """One seat: visits until the time is over. What goes wrong ends a visit and is counted."""
    chance = random.Random(index)
    await asyncio.sleep(chance.uniform(0, room.habits.comes))
    while time.perf_counter() < room.until:
        room.visits += 1
        try:
            await _visit(room, index, chance)
        except (OSError, TimeoutError, WebSocketException, httpx2.HTTPError) as error:
            room.wrong(f"{type(error).__name__}: {error}"[:80])
        await asyncio.sleep(chance.uniform(*room.habits.away))


async def _visit(room: Class, index: int, chance: random.Random) -> None:
    ends = min(room.until, time.perf_counter() + chance.uniform(*room.habits.stays))
    cookies = await _load_files(room)
    async with _sockets(room, cookies) as (page, live):
        await page.open()
        drawn = messages(index)
        for digit in itertools.count(1):
            if time.perf_counter() > ends:
                return
            last = await _draw(room, live, drawn)
            rests = time.perf_counter() + room.habits.looks * chance.uniform(0.5, 1.5)
            await page.tell({"number": digit, "strokes": last["strokes"], "penWidth": last["penWidth"]})
            await asyncio.sleep(max(0.0, min(rests, ends) - time.perf_counter()))
            if chance.random() < 1 / _ELSEWHERE:
                await page.open(chance.choice(_PAGES))
                await asyncio.sleep(_LOOKS_ELSEWHERE)
                await page.open()


async def _load_files(room: Class) -> str:
    """The page and what it names, as a browser without a cache fetches them; gives back its cookies, as a header."""
    async with httpx2.AsyncClient(base_url=room.address, timeout=_PATIENCE, verify=False) as http:  # no TLS here
        page = await http.get("/")
        for name in ("", *re.findall(r'(?:src|href)="\./(static/[^"]+)"', page.text)):
            answer = await http.get("/" + name)
            if answer.status_code != 200:
                room.wrong(f"status {answer.status_code}")
        return "; ".join(f"{name}={value}" for name, value in http.cookies.items())


@asynccontextmanager
async def _sockets(room: Class, cookies: str) -> AsyncIterator[tuple[Page, ClientConnection]]:
    sockets, origin = room.address.replace("http", "ws"), Origin(room.address)
    headers = {"Cookie": cookies} if cookies else {}
    async with (
        connect(
            f"{sockets}/_stcore/stream",
            origin=origin,
            additional_headers=headers,
            subprotocols=[Subprotocol("streamlit")],
            max_size=None,
            open_timeout=_PATIENCE,
        ) as stream,
        connect(f"{sockets}/api/live", origin=origin, additional_headers=headers, open_timeout=_PATIENCE) as live,
    ):
        yield Page(stream, room), live


async def _draw(room: Class, live: ClientConnection, drawn: Iterator[str]) -> dict[str, object]:
    """One digit, ten messages; gives back the whole drawing."""
    last: dict[str, object] = {}
    for message in itertools.islice(drawn, 10):
        began = time.perf_counter()
        await live.send(message)
        answer = json.loads(await asyncio.wait_for(live.recv(), _PATIENCE))
        room.tenth.waits.append(time.perf_counter() - began)
        if "shown" not in answer:
            room.wrong(str(answer.get("trouble"))[:80])
        last = json.loads(message)["drawing"]
        await asyncio.sleep(max(0.0, began + EVERY - time.perf_counter()))
    return last
