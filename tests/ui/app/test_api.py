"""The routes for scripts."""

import io
import json
from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image
from starlette.applications import Starlette
from starlette.testclient import TestClient

from digitlab.ui.app import api

SEVEN = {"strokes": [[[60, 60], [200, 60], [120, 230]]], "penWidth": 18}


@pytest.fixture
def client() -> Iterator[TestClient]:
    with TestClient(Starlette(routes=api.ROUTES), base_url="http://localhost:8501", client=("127.0.0.1", 9)) as one:
        yield one


def picture(kind: str = "PNG") -> bytes:
    grey = np.full((200, 120), 250, np.uint8)
    grey[30:170, 55:65] = 10
    file = io.BytesIO()
    Image.fromarray(grey).save(file, kind)
    return file.getvalue()


def test_ink_is_read_by_the_default_models(client: TestClient) -> None:
    models = client.post("/api/read", json=SEVEN).json()["models"]
    assert {name: found["digit"] for name, found in models.items()} == {"softmax": 7, "cnn": 7}
    assert abs(sum(models["cnn"]["probabilities"]) - 1) < 1e-4


def test_the_pen_width_may_be_left_out(client: TestClient) -> None:
    assert client.post("/api/read?models=cnn", json={"strokes": SEVEN["strokes"]}).json()["models"]["cnn"]["digit"] == 7


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_picture_is_read(kind: str, client: TestClient) -> None:
    answer = client.post(
        "/api/read?models=cnn", content=picture(kind), headers={"content-type": f"image/{kind.lower()}"}
    )
    assert answer.json()["models"]["cnn"]["digit"] == 1


def test_the_models_are_listed(client: TestClient) -> None:
    models = client.get("/api/models").json()["models"]
    assert [model["id"] for model in models][:2] == ["softmax", "cnn"]
    assert models[0]["parameters"] == 7850


@pytest.mark.parametrize(
    ("body", "query", "status", "said"),
    [
        (b"{", "", 400, "not JSON"),
        (b"[" * 100_000, "", 400, "not JSON"),
        (b"[1]", "", 400, "must be an object"),
        (b"{}", "", 400, "must be a list of strokes"),
        (json.dumps({"strokes": []}).encode(), "", 400, "no ink"),
        (json.dumps({**SEVEN, "penWidth": 1e6}).encode(), "", 400, "pen width"),
        (json.dumps(SEVEN).encode(), "?models=nothing", 404, "There is no model 'nothing'"),
        (json.dumps(SEVEN).encode(), "?models=" + ",".join(f"m{n}" for n in range(9)), 400, "name 1 to 8"),
        (json.dumps(SEVEN).encode(), "?models=,", 400, "name 1 to 8"),
        (b"x" * 300_000, "", 400, "Send less"),
    ],
)
def test_bad_requests_get_one_line(body: bytes, query: str, status: int, said: str, client: TestClient) -> None:
    answer = client.post(f"/api/read{query}", content=body)
    assert answer.status_code == status
    assert said in answer.json()["error"]
    assert "\n" not in answer.json()["error"]


def test_what_is_no_picture_gets_one_line(client: TestClient) -> None:
    answer = client.post("/api/read", content=b"GIF89a nonsense", headers={"content-type": "image/gif"})
    assert answer.status_code == 400
    assert "picture" in answer.json()["error"]


def test_pages_of_other_sites_and_other_hosts_are_refused(client: TestClient) -> None:
    assert client.get("/api/models", headers={"origin": "http://evil.example"}).status_code == 403
    assert client.get("/api/models", headers={"host": "evil.example"}).status_code == 403
    assert client.get("/api/models", headers={"origin": "http://localhost:8501"}).status_code == 200


def test_it_can_be_switched_off(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIGITLAB_API", "off")
    assert client.get("/api/models").status_code == 404
    assert "switched its API off" in client.post("/api/read", json=SEVEN).json()["error"]


def test_a_dot_is_no_digit_and_a_blob_is_said_to_be_one(client: TestClient) -> None:
    dot = client.post("/api/read", json={"strokes": [[[100, 100]]]})
    assert (dot.status_code, dot.json()["error"]) == (400, "A single dot is not a digit. Draw one.")
    blob = client.post("/api/read?models=cnn", json={"strokes": [[[100, 100], [130, 100], [115, 130]]]}).json()
    assert "The pen is too broad for so small a drawing" in blob["remark"]
    assert "remark" not in client.post("/api/read?models=cnn", json=SEVEN).json()


def test_a_strip_of_pixels_and_damaged_exif_data_cost_nothing(client: TestClient) -> None:
    def said(content: bytes) -> dict[str, object]:
        answer: dict[str, object] = client.post(
            "/api/read?models=cnn", content=content, headers={"content-type": "image/png"}
        ).json()
        return answer

    strip = io.BytesIO()
    Image.new("1", (1, 30_000)).save(strip, "PNG")
    assert "20,000 a side" in str(said(strip.getvalue())["error"])
    exif = b"II*\0\x08\0\0\0\x01\0\x12\x01\x02\0" + b"\xff" * 8
    odd = io.BytesIO()
    Image.open(io.BytesIO(picture())).save(odd, "PNG", exif=exif)
    assert said(odd.getvalue())["models"]
