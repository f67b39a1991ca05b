"""What the server itself promises: a health route, safe headers, and no foreign name in front of it."""

import http.client
import json
import urllib.request
from urllib.parse import urlsplit

import pytest

from tests.browser.served import ROOT


def test_the_health_route_answers(app_address: str) -> None:
    with urllib.request.urlopen(app_address + "/api/health", timeout=60) as answer:
        assert json.load(answer)["status"] == "ok"


@pytest.mark.parametrize("path", ["/", "/api/health", "/_stcore/health"])
def test_every_answer_carries_the_safe_headers(app_address: str, path: str) -> None:
    with urllib.request.urlopen(app_address + path, timeout=60) as answer:
        assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


_SOCKET = {
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
}


def status_of(address: str, path: str, headers: dict[str, str], method: str = "GET") -> int:
    """What a request is answered with; its headers hold the name of the port for {port}."""
    there = urlsplit(address)
    assert there.hostname
    connection = http.client.HTTPConnection(there.hostname, there.port, timeout=60)
    connection.putrequest(method, path, skip_host=True)
    for name, value in headers.items():
        connection.putheader(name, value.format(port=there.port))
    connection.endheaders()
    status = connection.getresponse().status
    connection.close()
    return status


@pytest.mark.parametrize(("host", "status"), [("localhost", 101), ("evil.example", 403)])
@pytest.mark.parametrize("path", ["/_stcore/stream", "/api/live"])
def test_the_app_opens_only_under_its_own_names(app_address: str, path: str, host: str, status: int) -> None:
    assert status_of(app_address, path, {"Host": f"{host}:{{port}}", **_SOCKET}) == status


@pytest.mark.parametrize("path", ["/", "/train", "/api/health", "/_stcore/health", "/_stcore/host-config"])
def test_nothing_is_answered_under_a_foreign_name(app_address: str, path: str) -> None:
    assert status_of(app_address, path, {"Host": "localhost:{port}"}) == 200
    assert status_of(app_address, path, {"Host": "evil.example:{port}"}) == 403


@pytest.mark.parametrize(("port", "is_own"), [("{port}", True), ("1", False)])
def test_the_port_of_the_page_must_be_the_servers(app_address: str, port: str, is_own: bool) -> None:
    headers = {"Host": "localhost:{port}", "Origin": f"http://localhost:{port}"}
    for path in ("/_stcore/stream", "/api/live"):
        assert status_of(app_address, path, {**headers, **_SOCKET}) == (101 if is_own else 403)
    posted = status_of(app_address, "/api/read", {**headers, "Content-Length": "0"}, "POST")
    assert posted == (400 if is_own else 403)


def test_the_servers_figures_are_closed(app_address: str) -> None:
    assert status_of(app_address, "/_stcore/metrics", {"Host": "localhost:{port}"}) == 404


def test_every_option_of_the_config_exists_in_this_streamlit() -> None:
    import tomllib

    from streamlit import config

    sections = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())
    config.get_config_options()
    assert not {f"{name}.{key}" for name, key in _options(sections)} - set(config._config_options_template)


def _options(sections: dict[str, object], prefix: str = "") -> list[tuple[str, str]]:
    found = []
    for key, value in sections.items():
        if isinstance(value, dict):
            found += _options(value, f"{prefix}{key}." if prefix or key else key)
        else:
            found.append((prefix.rstrip("."), key))
    return found
