"""What an open Train page costs the server while a run is under way, by the number of those who look at it.

Each session speaks to the server as a browser does: it opens the page, and asks for its live part as often as the page
says. The run is a stand-in that grows by one record a second, so that no training takes part.
"""

import asyncio
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from benchmarks.growth import growth_row
from benchmarks.live import processor_seconds, server_of
from benchmarks.table import Row
from digitlab.config import TrainConfig
from digitlab.runs.run import Run, now
from digitlab.runs.status import State, Status
from tests.browser.served import ROOT, served

SESSIONS = (1, 5, 50)
STEPS = 10_000
_WARM, _SECONDS = 10.0, 20.0
"""Before the server is watched, and for how long."""


def rows() -> Iterator[Row]:
    """Processor time of the server, a second of watching."""
    cost = [_cost(sessions) for sessions in SESSIONS]
    yield growth_row("sessions that watch a training, processor time a second", SESSIONS, cost)


def _cost(sessions: int) -> float:
    """Seconds of one core that a fresh server uses a second, while some sessions look at a training."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        stack.enter_context(_growing_run(folder / "runs"))
        address = stack.enter_context(served(ROOT / "app.py", folder, "/api/health"))
        return asyncio.run(_watched(address, sessions))


async def _watched(address: str, sessions: int) -> float:
    watching = [asyncio.create_task(_Session(address).watch()) for _ in range(sessions)]
    await asyncio.sleep(_WARM + sessions / 2)  # opening is not what is measured
    server = server_of(address)
    before, began = processor_seconds(server), time.monotonic()
    await asyncio.sleep(_SECONDS)
    cost = (processor_seconds(server) - before) / (time.monotonic() - began)
    for task in watching:
        if task.done():  # which only an error does
            task.result()
        task.cancel()
    await asyncio.gather(*watching, return_exceptions=True)
    return cost


class _Session:
    """A browser's side of Streamlit's socket, on Train."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._page = ""
        self._live: dict[str, float] = {}

    async def watch(self) -> None:
        """Open the page, and ask for what it wants to be asked for, until cancelled."""
        origin, address = Origin(self._address), self._address.replace("http", "ws") + "/_stcore/stream"
        async with connect(address, origin=origin, subprotocols=[Subprotocol("streamlit")], max_size=None) as socket:
            await self._ask(socket)
            await self._ask(socket, page=True)
            if not self._live:
                raise RuntimeError("Train does not ask to be looked at again.")
            fragment, interval = next(iter(self._live.items()))
            while True:
                asked = time.monotonic()
                await self._ask(socket, fragment=fragment, page=True)
                await asyncio.sleep(max(0.0, asked + interval - time.monotonic()))

    async def _ask(self, socket: ClientConnection, fragment: str = "", *, page: bool = False) -> None:
        message = BackMsg()
        message.rerun_script.page_script_hash = self._page if page else ""
        message.rerun_script.context_info.timezone = "UTC"
        message.rerun_script.fragment_id = fragment
        await socket.send(message.SerializeToString())
        while True:
            answer = ForwardMsg()
            answer.ParseFromString(bytes(await socket.recv(decode=False)))
            kind = answer.WhichOneof("type")
            if kind == "navigation":
                found = {one.url_pathname: one.page_script_hash for one in answer.navigation.app_pages}
                self._page = found["train"]
            elif kind == "auto_rerun":
                self._live[answer.auto_rerun.fragment_id] = answer.auto_rerun.interval
            elif kind == "script_finished":
                return


@contextmanager
def _growing_run(runs: Path) -> Iterator[None]:
    """A run that seems to train: its lock is held here, and it gets a record a second."""
    run = Run.create(runs, TrainConfig(model="softmax", data="sklearn", epochs=10))
    status = Status(State.RUNNING, steps=STEPS, created=now(), started=now(), updated=now(), loss=1.0, accuracy=0.5)
    done = threading.Event()

    def grow() -> None:
        step = 0
        while not done.wait(1.0):
            step += 10
            run.append_history({"step": step, "train_loss": 1 / step, "train_accuracy": 0.5, "learning_rate": 0.01})
            run.write_status(replace(status, step=step, seconds=float(step) / 10, updated=now()))

    run.write_status(status)
    with run.lock():
        thread = threading.Thread(target=grow)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()
