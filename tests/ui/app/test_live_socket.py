"""The live channel with Starlette's own client: no browser, no Streamlit session."""

import asyncio
import json
from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from digitlab.ui.app import live_socket
from digitlab.ui.app.live_socket import may_connect
from tests.ui.app.apart import run_apart
from tests.ui.app.live_pen import BAD, CNN, HOST, SEVEN, canvas, message, show


@pytest.fixture
def client() -> Iterator[TestClient]:
    app = Starlette(routes=[live_socket.ROUTE])
    with TestClient(app, base_url="http://localhost:8501", client=("127.0.0.1", 9)) as one:
        yield one


def test_a_drawing_is_answered_with_its_number_and_small(client: TestClient) -> None:
    with client.websocket_connect("/api/live", headers=HOST) as socket:
        socket.send_json(message(show=[show(models=[CNN, ["softmax", "softmax", "#EE6677"]])]))
        text = socket.receive_text()
    answer = json.loads(text)
    assert answer["number"] == 7
    assert [card[0] for card in answer["shown"]["answers"]["cards"]] == [7, 7]
    assert answer["shown"]["answers"]["alt"] == "The drawing as an image of 28 by 28 grey pixels"
    assert len(text) < 1000


def test_answers_are_those_of_the_page(client: TestClient) -> None:
    from digitlab.image.prepare import prepare_ink
    from digitlab.ui.app.readers import predictor

    with client.websocket_connect("/api/live", headers=HOST) as socket:
        socket.send_json(message())
        digit, thousandths, sure, _ = socket.receive_json()["shown"]["answers"]["cards"][0]
    reading = predictor("cnn").read_all(prepare_ink(SEVEN, 18.0).image[None])[0]
    assert (digit, sure) == (reading.digit, reading.sure)
    assert thousandths == [round(1000 * share) for share in reading.probabilities.tolist()]


def test_several_views_come_together(client: TestClient) -> None:
    views = [show(element=view, view=view) for view in ("answers", "steps", "number")]
    with client.websocket_connect("/api/live", headers=HOST) as socket:
        socket.send_json(message(show=views))
        shown = socket.receive_json()["shown"]
    assert shown["steps"].count("<h3>") == 5
    assert 'data-number="7"' in shown["number"]


def test_an_empty_drawing_has_empty_cards(client: TestClient) -> None:
    with client.websocket_connect("/api/live", headers=HOST) as socket:
        socket.send_json(message(drawing={"strokes": [], "penWidth": 18, "width": 280}))
        answers = socket.receive_json()["shown"]["answers"]
    assert answers["cards"] == [None]
    assert answers["alt"] == "Nothing yet"
    assert answers["verdict"].startswith("Draw a digit")


def test_what_the_canvas_with_tools_shows_is_read_without_its_handles(client: TestClient) -> None:
    with client.websocket_connect("/api/live", headers=HOST) as socket:
        socket.send_json(message(drawing={"picture": canvas()}))
        assert socket.receive_json()["shown"]["answers"]["cards"][0][0] == 1


def test_a_model_that_does_not_exist_says_so_in_its_card(client: TestClient) -> None:
    with client.websocket_connect("/api/live", headers=HOST) as socket:
        socket.send_json(message(show=[show(models=[["nothing", "nothing", "#4477AA"], CNN])]))
        cards = socket.receive_json()["shown"]["answers"]["cards"]
    assert "There is no model 'nothing'" in cards[0]
    assert cards[1][0] == 7


@pytest.mark.parametrize("text", BAD.values(), ids=BAD.keys())
def test_anything_else_gets_one_line_and_the_socket_stays(text: str, client: TestClient) -> None:
    with client.websocket_connect("/api/live", headers=HOST) as socket:
        socket.send_text(text)
        trouble = socket.receive_json()["trouble"]
        assert trouble.isprintable()
        assert len(trouble) < 300
        socket.send_json(message())
        assert "shown" in socket.receive_json()


def test_titles_from_outside_are_text(client: TestClient) -> None:
    hostile = ["cnn", "<img src=x onerror=alert(1)>", "#4477AA"]
    with client.websocket_connect("/api/live", headers=HOST) as socket:
        socket.send_json(message(show=[show(element=v, view=v, models=[hostile]) for v in ("steps", "number")]))
        shown = socket.receive_json()["shown"]
    assert "<img src=x" not in shown["steps"] + shown["number"]


@pytest.mark.parametrize(
    ("host", "origin", "client", "allowed"),
    [
        ("localhost:8501", "http://localhost:8501", "10.0.0.5", True),
        ("localhost:8501", "http://localhost:9999", "127.0.0.1", False),
        ("localhost:8501", "http://evil.example", "127.0.0.1", False),
        ("localhost:8501", "null", "127.0.0.1", False),
        ("localhost:8501", None, "127.0.0.1", True),
        ("localhost:8501", None, "10.0.0.5", False),
        ("evil.example", "http://evil.example", "127.0.0.1", False),
        (None, "http://localhost:8501", "127.0.0.1", False),
    ],
)
def test_only_its_own_pages_and_this_machine_may_connect(
    host: str | None, origin: str | None, client: str, allowed: bool
) -> None:
    given = {name: value for name, value in (("host", host), ("origin", origin)) if value is not None}
    assert may_connect(Headers(given), client) is allowed


def test_a_foreign_page_gets_no_socket(client: TestClient) -> None:
    foreign = {**HOST, "origin": "http://evil.example"}
    with pytest.raises(WebSocketDisconnect) as refused, client.websocket_connect("/api/live", headers=foreign):
        pass
    assert refused.value.code == 1008


def test_beyond_the_last_socket_one_is_told_to_try_later(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_socket, "MOST_SOCKETS", 1)
    with client.websocket_connect("/api/live", headers=HOST) as first:
        with client.websocket_connect("/api/live", headers=HOST) as second:
            with pytest.raises(WebSocketDisconnect) as refused:
                second.receive_text()
            assert refused.value.code == 1013
        first.send_json(message())
        assert "shown" in first.receive_json()
    with client.websocket_connect("/api/live", headers=HOST) as again:  # there is room again
        again.send_json(message())
        assert "shown" in again.receive_json()


def test_of_what_waits_only_the_newest_counts() -> None:
    async def scene() -> str:
        newest = live_socket._Newest()
        for text in ("first", "second", "third"):
            newest.put(text)
        return await newest.take()

    assert run_apart(scene()) == "third"


def test_what_waits_from_all_sockets_is_read_together(monkeypatch: pytest.MonkeyPatch) -> None:
    batches: list[int] = []

    def note(texts: list[str], _lane: str) -> list[str]:
        batches.append(len(texts))
        return [text.upper() for text in texts]

    async def scene() -> list[str]:
        together = live_socket.Batches()
        return await asyncio.gather(*(together.answer(f"message {n}", f"pen {n}") for n in range(40)))

    monkeypatch.setattr(live_socket, "answer_all", note)
    assert run_apart(scene()) == [f"MESSAGE {n}" for n in range(40)]
    assert batches == [32, 8]


def test_everybody_has_a_turn_before_anybody_has_a_second_one(monkeypatch: pytest.MonkeyPatch) -> None:
    batches: list[list[str]] = []

    def note(texts: list[str], _lane: str) -> list[str]:
        batches.append(texts)
        return texts

    async def scene() -> None:
        together = live_socket.Batches()
        greedy = [together.answer(f"greedy {n}", "greedy") for n in range(100)]
        others = [together.answer(f"modest {n}", f"modest {n}") for n in range(10)]
        await asyncio.gather(*greedy, *others)

    monkeypatch.setattr(live_socket, "answer_all", note)
    run_apart(scene())
    assert sum(text.startswith("modest") for text in batches[0]) == 10
    assert all(sum("greedy" in text for text in batch) <= 1 for batch in batches), "others would wait for all of them"
    assert [text for batch in batches for text in batch if "greedy" in text] == [f"greedy {n}" for n in range(100)]


def test_a_flood_waits_at_the_door(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    class Flood:
        left = 3 * live_socket.MOST_A_SECOND

        async def receive(self) -> dict[str, str]:
            self.left -= 1
            return {"type": "websocket.receive", "text": "x"} if self.left else {"type": "websocket.disconnect"}

    monkeypatch.setattr(live_socket.asyncio, "sleep", pause)
    run_apart(live_socket._receive(Flood(), live_socket._Newest()))  # type: ignore[arg-type]
    assert len(pauses) == 2
    assert all(0 <= seconds <= 1 for seconds in pauses)
