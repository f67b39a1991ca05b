"""The server answers under its own names, to its own pages."""

from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect
from streamlit import config

from digitlab.ui.app.own_hosts import OwnHosts, is_same_origin

ALLOWED = ["localhost", "127.0.0.1", "::1", "192.168.0.12"]


async def anything(request: Request) -> PlainTextResponse:
    return PlainTextResponse(request.method)


async def echo(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text(await socket.receive_text())


@pytest.fixture
def client() -> Iterator[TestClient]:
    before = config.get_option("server.allowedHosts")
    config.set_option("server.allowedHosts", ALLOWED)
    routes = [
        WebSocketRoute("/socket", echo),
        Route("/{path:path}", anything, methods=["GET", "POST", "PUT", "DELETE"]),
    ]
    with TestClient(
        Starlette(routes=routes, middleware=[Middleware(OwnHosts)]), base_url="http://localhost:8501"
    ) as one:
        yield one
    config.set_option("server.allowedHosts", before)


@pytest.mark.parametrize("host", ["localhost:8501", "127.0.0.1", "[::1]:8501", "192.168.0.12:80"])
def test_it_answers_under_its_own_names(client: TestClient, host: str) -> None:
    assert client.get("/", headers={"host": host}).status_code == 200


@pytest.mark.parametrize("path", ["/", "/api/health", "/_stcore/health", "/static/index.js", "/join"])
@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "localhost@evil.example", "127.0.0.1:x", ""]
)
def test_it_answers_under_no_other(client: TestClient, host: str, path: str) -> None:
    answer = client.get(path, headers={"host": host})
    assert answer.status_code == 403
    assert "does not answer under that name" in answer.text


@pytest.mark.parametrize(
    "origin", ["http://localhost:9999", "http://evil.example:8501", "null", "http://localhost", "x"]
)
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_a_foreign_page_changes_nothing(client: TestClient, method: str, origin: str) -> None:
    assert client.request(method, "/api/read", headers={"origin": origin}).status_code == 403


def test_its_own_page_and_scripts_do(client: TestClient) -> None:
    assert client.post("/api/read", headers={"origin": "http://localhost:8501"}).text == "POST"
    assert client.post("/api/read").text == "POST"
    assert client.get("/", headers={"origin": "http://evil.example"}).text == "GET"


@pytest.mark.parametrize(
    ("host", "origin", "same"),
    [
        ("localhost", "http://localhost", True),
        ("localhost:80", "http://localhost", True),
        ("class.example", "https://class.example", True),
        ("class.example:443", "https://class.example", True),
        ("class.example", "http://class.example:8080", False),
        ("LOCALHOST:8501", "http://localhost:8501", True),
        ("localhost:8501", "http://localhost:8502", False),
        ("localhost:8501", "file://localhost:8501", False),
        ("localhost:8501", "http://localhost:99999", False),
        ("localhost:8501", "http://[::1", False),
    ],
)
def test_the_port_is_a_part_of_the_origin(host: str, origin: str, same: bool) -> None:
    assert is_same_origin(Headers({"host": host, "origin": origin})) is same


@pytest.mark.parametrize("headers", [{"host": "evil.example"}, {"origin": "http://localhost:9999"}])
def test_a_foreign_page_opens_no_socket(client: TestClient, headers: dict[str, str]) -> None:
    given = {"host": "localhost:8501", **headers}
    with pytest.raises(WebSocketDisconnect) as refused, client.websocket_connect("/socket", headers=given):
        pass
    assert refused.value.code == 1008


def test_its_own_page_opens_one(client: TestClient) -> None:
    given = {"host": "localhost:8501", "origin": "http://localhost:8501"}
    with client.websocket_connect("/socket", headers=given) as socket:
        socket.send_text("here")
        assert socket.receive_text() == "here"


@pytest.mark.parametrize("path", ["/_stcore/metrics", "/_stcore/metrics/", "/base/_stcore/metrics"])
def test_the_servers_figures_are_closed(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404
