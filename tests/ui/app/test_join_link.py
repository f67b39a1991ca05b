"""How a class reaches the server."""

import base64
import io
from collections.abc import Iterator

import pytest
from PIL import Image
from streamlit import config

from digitlab.ui.app import join_link
from tests.ui.app.class_server import CODE, TEACHER_CODE, share


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    before = {name: config.get_option(name) for name in ("server.address", "server.allowedHosts")}
    yield
    for name, value in before.items():
        config.set_option(name, value)


@pytest.fixture(autouse=True)
def _in_a_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(join_link, "local_address", lambda: "192.168.0.12")


def test_the_link_is_what_the_teachers_browser_shows_or_else_the_address_in_the_network() -> None:
    config.set_option("server.address", "0.0.0.0")
    assert join_link.join_link("http://school.example:8501/about?x=1") == "http://school.example:8501/join"
    for seen in ("http://localhost:8501/about", "", "http://[::1"):
        assert join_link.join_link(seen) == f"http://192.168.0.12:{config.get_option('server.port')}/join"


def test_a_server_for_this_computer_alone_names_no_other_address() -> None:
    config.set_option("server.address", "127.0.0.1")
    assert join_link.join_link().startswith("http://localhost:")


def test_the_qr_code_is_black_on_white_with_a_border() -> None:
    address = join_link.qr_address("http://192.168.0.12:8501/join")
    picture = Image.open(io.BytesIO(base64.b64decode(address.removeprefix("data:image/png;base64,")))).convert("L")
    assert min(picture.size) >= 300
    assert picture.getextrema() == (0, 255)
    assert all(picture.getpixel((place, place)) == 255 for place in (0, 10, 30))


def test_a_class_server_answers_under_its_address_and_says_its_codes_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    share(monkeypatch)
    config.set_option("server.address", "0.0.0.0")
    config.set_option("server.allowedHosts", ["localhost"])
    join_link.announce()
    said = capsys.readouterr().out
    assert "http://192.168.0.12:" in said
    assert (said.count(CODE), said.count(TEACHER_CODE)) == (1, 1)
    assert config.get_option("server.allowedHosts") == ["localhost", "192.168.0.12"]


def test_a_server_of_ones_own_says_nothing_and_keeps_its_names(capsys: pytest.CaptureFixture[str]) -> None:
    config.set_option("server.address", "0.0.0.0")
    config.set_option("server.allowedHosts", ["localhost"])
    join_link.announce()
    assert capsys.readouterr() == ("", "")
    assert config.get_option("server.allowedHosts") == ["localhost"]


def test_bad_settings_are_said_in_one_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    share(monkeypatch, CODE="short")
    join_link.announce()
    said = capsys.readouterr().err
    assert said.startswith("digitlab is closed: DIGITLAB_CODE has 5 characters")
    assert said.count("\n") == 1
