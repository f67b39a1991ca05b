"""The form that asks for the code, and the way out."""

from collections.abc import Iterator

import pytest
from filelock import FileLock
from starlette.applications import Starlette
from starlette.testclient import TestClient

from digitlab.access import Role
from digitlab.ui.app import installation, join
from digitlab.ui.app.guard import visitor_with
from digitlab.ui.app.join import checked_address
from digitlab.ui.app.passes import COOKIE
from digitlab.ui.app.server import API, DOOR
from digitlab.ui.app.tries import Tries
from tests.ui.app.class_server import ANNA, CODE, TEACHER, TEACHER_CODE, header_of, share


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    share(monkeypatch)
    monkeypatch.setattr(join, "_tries", Tries())
    app = Starlette(routes=API, middleware=DOOR)
    with TestClient(app, base_url="http://localhost:8501", follow_redirects=False) as one:
        yield one


@pytest.mark.parametrize(("code", "role"), [(CODE, Role.PUPIL), (TEACHER_CODE, Role.TEACHER)])
def test_the_right_code_gives_a_pass_that_scripts_cannot_read(client: TestClient, code: str, role: Role) -> None:
    answer = client.post("/join", data={"code": code, "next": "/train?run=x"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/train?run=x")
    crumbs = answer.headers["set-cookie"]
    assert "HttpOnly" in crumbs
    assert "SameSite=lax" in crumbs
    assert "Secure" not in crumbs
    visitor = visitor_with(answer.cookies[COOKIE])
    assert visitor
    assert visitor.role is role
    assert client.get("/api/models").status_code == 200


def test_over_https_the_pass_never_goes_in_clear(client: TestClient) -> None:
    answer = client.post("https://localhost:8501/join", data={"code": CODE})
    assert "Secure" in answer.headers["set-cookie"]


def test_two_browsers_are_two_visitors_and_one_that_joins_again_stays_who_it_was(client: TestClient) -> None:
    first, second = (client.post("/join", data={"code": CODE}).cookies[COOKIE] for _ in range(2))
    client.cookies.clear()
    other = client.post("/join", data={"code": CODE}).cookies[COOKIE]
    known = [one.id for one in map(visitor_with, (first, second, other)) if one]
    assert known[0] == known[1] != known[2]


def test_a_wrong_code_gets_one_line_and_no_pass(client: TestClient) -> None:
    answer = client.post("/join", data={"code": "<b>wrong</b>", "next": '"><script>alert(1)</script>'})
    assert answer.status_code == 403
    assert "This is not the code" in answer.text
    assert "<b>" not in answer.text
    assert "<script" not in answer.text
    assert "set-cookie" not in answer.headers


def test_tries_are_limited_also_for_the_right_code(client: TestClient) -> None:
    statuses = [client.post("/join", data={"code": f"wrong {n}"}).status_code for n in range(6)]
    assert statuses == [403] * 5 + [429]
    answer = client.post("/join", data={"code": CODE})
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) >= 1
    assert "set-cookie" not in answer.headers


def test_joining_anew_does_not_give_one_share_after_another(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("digitlab.ui.app.tries._MOST_NEW", 3)
    known = client.post("/join", data={"code": CODE}).cookies[COOKIE]

    def join_anew(code: str) -> int:
        client.cookies.clear()
        return client.post("/join", data={"code": code}).status_code

    assert [join_anew(CODE) for _ in range(4)] == [303, 303, 429, 429]
    assert join_anew(TEACHER_CODE) == 303
    client.cookies.set(COOKIE, known)
    assert client.post("/join", data={"code": CODE}).status_code == 303


@pytest.mark.parametrize("body", [b"", b"code", b"code=%ff", b"\xff=\xff", b"x=1&" * 50, b"code=" + b"x" * 5000])
def test_anything_else_than_the_form_is_a_wrong_code(client: TestClient, body: bytes) -> None:
    assert client.post("/join", content=body).status_code == 403


def test_another_site_cannot_send_the_form(client: TestClient) -> None:
    for path in ("/join", "/leave"):
        answer = client.post(path, data={"code": CODE}, headers={"origin": "http://evil.example"})
        assert answer.status_code == 403
        assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("wanted", ["/", "/train", "/train?run=a&b=c", "/evaluate?model=cnn#x"])
def test_a_page_of_the_app_can_be_wanted(wanted: str) -> None:
    assert checked_address(wanted) == wanted


@pytest.mark.parametrize(
    "wanted",
    [
        "",
        "train",
        "http://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "/train\nSet-Cookie: x",
        "/\t/evil.example",
        "javascript:alert(1)",
        "/join?next=/join",
        "/leave",
        "/" + "x" * 600,
        "/ä",
    ],
)
def test_no_other_place_can(wanted: str) -> None:
    assert checked_address(wanted) == "/"


def test_the_form_is_whole_in_itself_and_not_kept(client: TestClient) -> None:
    answer = client.get("/join", params={"next": "/train"})
    assert answer.status_code == 200
    assert 'value="/train"' in answer.text
    assert "src=" not in answer.text
    assert "<script" not in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-frame-options"] == "SAMEORIGIN"


@pytest.mark.parametrize("visitor", [ANNA, TEACHER])
def test_one_leaves_only_by_the_button(client: TestClient, visitor: object) -> None:
    given = header_of(ANNA if visitor == ANNA else TEACHER)
    asked = client.get("/leave", headers=given)
    assert asked.status_code == 200
    assert "set-cookie" not in asked.headers
    answer = client.post("/leave", headers=given)
    assert (answer.status_code, answer.headers["location"]) == (303, "/join")
    assert f'{COOKIE}=""' in answer.headers["set-cookie"]
    assert "Max-Age=0" in answer.headers["set-cookie"]


def test_who_has_no_pass_has_nothing_to_leave(client: TestClient) -> None:
    assert client.get("/leave").headers["location"] == "/join"


def test_wrong_codes_count_on_every_server_of_the_folder(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        client.post("/join", data={"code": "wrong"})
    monkeypatch.setattr(join, "_tries", Tries())  # as another server has them
    assert [client.post("/join", data={"code": "wrong"}).status_code for _ in range(3)] == [403, 403, 429]


def test_who_waits_too_long_at_the_door_gets_one_line(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("digitlab.ui.app.tries._PATIENCE", 0.01)
    with FileLock(installation.settings().runs / ".tries.lock"):
        answer = client.post("/join", data={"code": CODE})
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "1")
    assert "Many people join" in answer.text
