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


@pytest.mark.parametrize(("host", "status"), [("localhost", 101), ("evil.example", 403)])
def test_the_app_opens_only_under_its_own_names(app_address: str, host: str, status: int) -> None:
    there = urlsplit(app_address)
    assert there.hostname
    connection = http.client.HTTPConnection(there.hostname, there.port, timeout=60)
    connection.putrequest("GET", "/_stcore/stream", skip_host=True)
    for name, value in {
        "Host": f"{host}:{there.port}",
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
    }.items():
        connection.putheader(name, value)
    connection.endheaders()
    assert connection.getresponse().status == status
    connection.close()


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
