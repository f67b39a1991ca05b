"""Nobody comes into a class server without a pass, on no way."""

import asyncio
import importlib
from collections import Counter
from collections.abc import Coroutine, Iterator
from contextlib import suppress

import pytest
import streamlit as st
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

from digitlab.access import Quotas, Role
from digitlab.ui.app.guard import Guard, visitor_of
from digitlab.ui.app.meters import _Rate
from digitlab.ui.app.passes import COOKIE, LASTS
from digitlab.ui.app.server import API, DOOR
from tests.ui.app.apart import run_apart
from tests.ui.app.class_server import ANNA, BO, TEACHER, cookie_of, header_of, share

HOST = {"host": "localhost:8501"}
UPLOAD = "/_stcore/upload_file/session/file"


async def anything(request: Request) -> JSONResponse:
    await request.body()
    return JSONResponse({"role": visitor_of(request.scope).role, "id": visitor_of(request.scope).id})


async def echo(socket: WebSocket) -> None:
    await socket.accept()
    with suppress(WebSocketDisconnect):
        while True:
            message = await socket.receive()
            if message["type"] == "websocket.disconnect":
                return
            await socket.send_text(message.get("text") or repr(message["bytes"]))


METHODS = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"]


@pytest.fixture
def client() -> Iterator[TestClient]:
    """The app's own routes and door; in place of Streamlit's routes one that takes everything."""
    routes = [WebSocketRoute("/_stcore/stream", echo), *API, Route("/{path:path}", anything, methods=METHODS)]
    app = Starlette(routes=routes, middleware=DOOR)
    with TestClient(app, base_url="http://localhost:8501", follow_redirects=False, client=("10.0.0.5", 9)) as one:
        yield one


def streamlit_paths() -> list[str]:
    """Every path that the real app answers, with something in place of its parameters."""
    from streamlit.runtime import Runtime

    if Runtime.exists():
        Runtime._instance = None
    app = importlib.import_module("app").app
    assert isinstance(app, st.App)
    runtime = app._create_runtime()
    try:
        from streamlit.web.server.starlette.starlette_app import create_streamlit_routes

        return [path for route in create_streamlit_routes(runtime) for path in paths(route)]
    finally:
        Runtime._instance = None


def paths(route: BaseRoute) -> list[str]:
    path = str(getattr(route, "path", ""))
    if isinstance(route, Mount):
        return [f"{path}/index.html"]
    return [path.replace("{", "").replace("}", "").replace(":path", "")] if path else []


OWN = [path for route in API for path in paths(route)]


@pytest.mark.parametrize("path", ["/", "/train", "/api/models", "/api/read", "/api/live", "/media/x.png", UPLOAD])
@pytest.mark.parametrize("method", METHODS)
def test_without_a_pass_every_way_is_closed(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, method: str, path: str
) -> None:
    share(monkeypatch)
    assert client.request(method, path).status_code == 401


def test_every_route_of_the_app_and_of_streamlit_is_closed(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    share(monkeypatch)
    known = [*streamlit_paths(), *OWN]
    assert {"/_stcore/stream", "/_stcore/health", "/_stcore/host-config", "/api/live", "/api/read"} <= set(known)
    found = {path: client.get(path).status_code for path in known}
    is_open = {path for path, status in found.items() if status not in (401, 404)}
    assert is_open == {"/join", "/leave", "/api/health", "/_stcore/health"}


@pytest.mark.parametrize("path", ["/_stcore/stream", "/api/live", "/join", "/api/health"])
def test_without_a_pass_no_socket_opens(client: TestClient, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    share(monkeypatch)
    for headers in (HOST, {**HOST, "cookie": f"{COOKIE}=x"}, {**HOST, "origin": "http://localhost:8501"}):
        with pytest.raises(WebSocketDisconnect), client.websocket_connect(path, headers=headers):
            pass


@pytest.mark.parametrize(
    "path", ["/%2e%2e/join", "/join/", "/JOIN", "/join/../train", "//join", "/api/health/", "/join%00"]
)
def test_what_only_looks_like_an_open_way_is_closed(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    share(monkeypatch)
    assert client.get(f"http://localhost:8501{path}").status_code == 401


def test_with_a_pass_everybody_is_known(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    share(monkeypatch)
    for visitor in (ANNA, BO, TEACHER):
        assert client.get("/train", headers=header_of(visitor)).json() == {"role": visitor.role, "id": visitor.id}
    with client.websocket_connect("/_stcore/stream", headers={**HOST, **header_of(ANNA)}) as socket:
        socket.send_text("here")
        assert socket.receive_text() == "here"


@pytest.mark.parametrize("change", [lambda one: one[:-1], lambda one: one + "x", str.upper, lambda one: one[::-1]])
def test_a_forged_pass_opens_nothing(client: TestClient, monkeypatch: pytest.MonkeyPatch, change: object) -> None:
    share(monkeypatch)
    assert callable(change)
    assert client.get("/train", headers={"cookie": f"{COOKIE}={change(cookie_of(TEACHER))}"}).status_code == 401


def test_an_expired_pass_opens_nothing(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    share(monkeypatch)
    given = header_of(ANNA)
    monkeypatch.setitem(LASTS, Role.PUPIL, -1)
    assert client.get("/train", headers=given).status_code == 401


def test_a_browser_is_led_to_the_form_and_comes_back(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    share(monkeypatch)
    answer = client.get("/train?run=a&b=c", headers={"accept": "text/html,*/*"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/join?next=/train%3Frun%3Da%26b%3Dc")


def test_on_a_computer_of_ones_own_everything_is_open(client: TestClient) -> None:
    assert client.get("/train").json() == {"role": "owner", "id": ""}
    assert client.get("/join").status_code == 303
    with client.websocket_connect("/_stcore/stream", headers=HOST) as socket:
        socket.send_text("here")
        assert socket.receive_text() == "here"


def test_bad_settings_open_nothing(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    share(monkeypatch, CODE="short")
    for path in ("/", "/join", "/api/models"):
        answer = client.get(path)
        assert answer.status_code == 503
        assert answer.json()["error"].startswith("DIGITLAB_CODE has 5 characters")


def test_a_visitor_has_so_many_sockets_and_others_have_theirs(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    share(monkeypatch, PUPIL_SOCKETS="2")
    anna = {**HOST, **header_of(ANNA)}
    with client.websocket_connect("/_stcore/stream", headers=anna):
        with client.websocket_connect("/_stcore/stream", headers=anna):
            with pytest.raises(WebSocketDisconnect), client.websocket_connect("/_stcore/stream", headers=anna):
                pass
            with client.websocket_connect("/_stcore/stream", headers={**HOST, **header_of(BO)}) as other:
                other.send_text("here")
                assert other.receive_text() == "here"
        with client.websocket_connect("/_stcore/stream", headers=anna) as again:
            again.send_text("here")
            assert again.receive_text() == "here"


def test_a_visitor_has_so_many_uploads_an_hour(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    share(monkeypatch, PUPIL_UPLOADS="2", PUPIL_UPLOAD_MB="1")
    anna = header_of(ANNA)
    assert client.put(UPLOAD, content=b"x" * 600_000, headers=anna).status_code == 200
    assert client.put(UPLOAD, content=b"x" * 600_000, headers=anna).status_code == 429
    assert client.put(UPLOAD, content=b"x", headers=anna).status_code == 200
    assert client.put(UPLOAD, content=b"x", headers=anna).status_code == 429
    assert client.put(UPLOAD, content=b"x", headers=header_of(BO)).status_code == 200
    assert client.put(UPLOAD, content=iter([b"x"]), headers=header_of(BO)).status_code == 411


@pytest.mark.parametrize(("path", "rate"), [("/_stcore/stream", "page_messages"), ("/api/live", "messages")])
def test_each_message_waits_for_its_turn(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, path: str, rate: str
) -> None:
    share(monkeypatch)
    taken: list[str] = []

    async def turn(self: _Rate) -> None:
        taken.append("page_messages" if self._most == Quotas().page_messages else "messages")

    monkeypatch.setattr(_Rate, "turn", turn)
    headers = {**HOST, **header_of(ANNA), "origin": "http://localhost:8501"}
    with client.websocket_connect(path, headers=headers) as socket:
        for _ in range(2):
            socket.send_text("{}")
            socket.receive_text()
    assert taken == [rate] * 3, "to open it counts, too"


@pytest.mark.parametrize("wish", ["clear_cache", "set_run_on_save"])
def test_nobody_empties_the_caches_of_all(client: TestClient, monkeypatch: pytest.MonkeyPatch, wish: str) -> None:
    from streamlit.proto.BackMsg_pb2 import BackMsg

    share(monkeypatch)
    hidden = BackMsg(stop_script=True).SerializeToString() + BackMsg(**{wish: True}).SerializeToString()  # type: ignore[arg-type]
    for visitor in (ANNA, TEACHER):
        with client.websocket_connect("/_stcore/stream", headers={**HOST, **header_of(visitor)}) as socket:
            for message in (BackMsg(**{wish: True}).SerializeToString(), hidden, b"\xff"):  # type: ignore[arg-type]
                socket.send_bytes(message)
            assert socket.receive_text() == repr(b"\xff")


def test_a_script_asks_two_questions_at_a_time_and_what_waits_is_not_read(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    share(monkeypatch)
    given = {"anna": header_of(ANNA), "bo": header_of(BO)}
    asked: list[str] = []

    async def scene() -> dict[str, int]:
        end = asyncio.Event()

        async def app(scope: Scope, _receive: Receive, _send: Send) -> None:
            asked.append(visitor_of(scope).id)
            await end.wait()

        guard = Guard(app)

        def ask(who: str) -> Coroutine[None, None, None]:
            headers = [(name.encode(), value.encode()) for name, value in given[who].items()]
            return guard({"type": "http", "method": "POST", "path": "/api/read", "headers": headers}, nothing, nothing)

        async def nothing(*_: object) -> Message:
            pytest.fail("It was read.")

        tasks = [asyncio.create_task(ask(who)) for who in ["anna"] * 5 + ["bo"]]
        await asyncio.wait(tasks, timeout=0.05)
        at_once = dict(Counter(asked))
        end.set()
        await asyncio.gather(*tasks)
        return at_once

    assert run_apart(scene()) == {ANNA.id: 2, BO.id: 1}
    assert len(asked) == 6, "each had its turn"


def test_lists_of_models_are_counted_like_drawings(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    share(monkeypatch)
    taken: list[int] = []

    async def turn(self: _Rate) -> None:
        taken.append(self._most)

    monkeypatch.setattr(_Rate, "turn", turn)
    client.get("/api/models", headers=header_of(ANNA))
    assert taken == [Quotas().messages]
