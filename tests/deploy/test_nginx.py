"""nginx in front of two replicas, for which small servers stand that say how they were asked."""

import http.client
import json
import subprocess
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.browser.served import free_port
from tests.deploy.proxy import command, proxied


class Replica(ThreadingHTTPServer):
    """Answers every request with its headers."""

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Echo)
        self.port = self.server_address[1]
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    def end(self) -> None:
        self.shutdown()
        self.server_close()


class _Echo(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self._answer()

    def do_PUT(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self._answer()

    def _answer(self) -> None:
        body = json.dumps({name.lower(): value for name, value in self.headers.items()}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None: ...


class Site:
    """The port of nginx, its log, and the two replicas, which answer as "1" and "2"."""

    def __init__(self, port: int, log: Path, replicas: dict[str, Replica]) -> None:
        self.port, self.log, self.replicas = port, log, replicas

    def ask(
        self, path: str = "/", cookie: str = "", method: str = "GET", body: bytes | None = None, **headers: str
    ) -> tuple[http.client.HTTPResponse, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body, {**headers, **({"Cookie": cookie} if cookie else {})})
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer, content


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    replicas = {"1": Replica(), "2": Replica()}
    port = free_port()
    with proxied(tmp_path, [f"127.0.0.1:{one.port}" for one in replicas.values()], port) as log:
        yield Site(port, log, replicas)
    for one in replicas.values():
        one.end()


def test_nginx_takes_the_config(tmp_path: Path) -> None:
    done = subprocess.run([*command(tmp_path), "-t"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "warn" not in done.stderr


def test_newcomers_are_spread_over_the_replicas(site: Site) -> None:
    homes = [site.ask()[0].headers["X-Replica"] for _ in range(6)]
    assert sorted(homes) == ["1", "1", "1", "2", "2", "2"]


@pytest.mark.parametrize("home", ["1", "2"])
def test_who_has_the_cookie_of_a_replica_is_answered_by_it_and_gets_no_other(site: Site, home: str) -> None:
    for _ in range(4):
        answer, _ = site.ask(cookie=f"other=x; digitlab_replica={home}")
        assert answer.headers["X-Replica"] == home
        assert answer.headers["Set-Cookie"] is None


def test_the_first_answer_names_the_replica_in_a_cookie_that_no_script_reads(site: Site) -> None:
    answer, _ = site.ask()
    home = answer.headers["X-Replica"]
    assert answer.headers["Set-Cookie"] == f"digitlab_replica={home}; Path=/; HttpOnly; SameSite=Lax"


def test_a_made_up_cookie_is_worth_no_more_than_none(site: Site) -> None:
    answer, _ = site.ask(cookie="digitlab_replica=127.0.0.1:22")
    assert answer.status == 200
    assert answer.headers["Set-Cookie"].startswith(f"digitlab_replica={answer.headers['X-Replica']};")


def test_when_a_replica_is_gone_the_other_answers_and_keeps_who_came(site: Site) -> None:
    gone = site.replicas["1"]
    gone.end()
    answer, _ = site.ask(cookie="digitlab_replica=1")
    assert (answer.status, answer.headers["X-Replica"]) == (200, "2")
    assert answer.headers["Set-Cookie"].startswith("digitlab_replica=2;")
    site.replicas["1"] = Replica(gone.port)
    assert site.ask(cookie="digitlab_replica=2")[0].headers["X-Replica"] == "2"


def test_the_app_hears_the_address_of_the_page_and_of_the_browser_and_cannot_be_lied_to(site: Site) -> None:
    _, body = site.ask(X_Forwarded_For="192.0.2.7", X_Forwarded_Proto="https")
    heard = json.loads(body)
    assert heard["host"] == f"127.0.0.1:{site.port}"
    assert heard["x-forwarded-for"] == "127.0.0.1"
    assert heard["x-forwarded-proto"] == "http"


def test_a_socket_is_asked_for_as_the_browser_asked(site: Site) -> None:
    heard = json.loads(site.ask("/api/live", Upgrade="websocket", Connection="Upgrade")[1])
    assert (heard["upgrade"], heard["connection"]) == ("websocket", "upgrade")
    heard = json.loads(site.ask()[1])
    assert "upgrade" not in heard
    assert heard["connection"] == "close"


@pytest.mark.parametrize(("megabytes", "status"), [(20, 200), (30, 413)])
def test_what_the_app_takes_passes_and_what_is_far_larger_does_not(site: Site, megabytes: int, status: int) -> None:
    answer, _ = site.ask("/_stcore/upload_file/a/b", method="PUT", body=bytes(megabytes * 2**20))
    assert answer.status == status


def test_the_log_says_who_answered_and_keeps_no_drawing(site: Site) -> None:
    site.ask("/draw?ink=secret", cookie="digitlab_replica=2")
    deadline = time.monotonic() + 60
    while "/draw" not in site.log.read_text():  # nginx answers first, and writes the line after that
        assert time.monotonic() < deadline, "there is no line"
        time.sleep(0.02)
    line = next(one for one in site.log.read_text().splitlines() if "/draw" in one)
    assert "replica=2" in line
    assert "secret" not in site.log.read_text()
