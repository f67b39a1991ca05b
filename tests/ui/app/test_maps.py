"""The routes that give maps to the panels."""

import io
from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image
from starlette.applications import Starlette
from starlette.testclient import TestClient

from digitlab.explain.embedding import choose_images
from digitlab.jobs import mapping
from digitlab.runs.positions import positions_file, save_positions
from digitlab.ui.app import maps
from digitlab.ui.app.installation import catalogue, settings


@pytest.fixture
def client() -> Iterator[TestClient]:
    maps._load.cache_clear()
    maps._atlas.cache_clear()
    with TestClient(Starlette(routes=maps.ROUTES), base_url="http://localhost:8501", client=("127.0.0.1", 9)) as one:
        yield one


def test_a_model_has_a_point_and_a_digit_for_each_image(client: TestClient) -> None:
    found = client.get("/api/map/softmax").json()
    images = choose_images(settings().folders)
    assert found["labels"] == images.part.labels.tolist()
    assert np.array(found["pca"]).shape == (len(images.part), 2)
    assert found["isOfPixels"]
    assert found["tsne"] is None
    assert found["done"] is None
    assert 0 < sum(found["explained"]) < 1


def test_the_images_are_one_picture_in_rows_of_fifty(client: TestClient) -> None:
    answer = client.get("/api/map-images?images=1")
    sheet = np.asarray(Image.open(io.BytesIO(answer.content)))
    images = choose_images(settings().folders).part.images.numpy()
    assert sheet.shape[1] == 50 * 28
    for index in (0, 49, 50, len(images) - 1):
        top, left = index // 50 * 28, index % 50 * 28
        assert np.array_equal(sheet[top : top + 28, left : left + 28], images[index])
    assert answer.headers["cache-control"].startswith("private")


def test_a_saved_t_sne_is_shown(client: TestClient) -> None:
    images, run = choose_images(settings().folders), catalogue().find("softmax")
    points = np.random.default_rng(0).normal(0, 9, (len(images.part), 2)).astype(np.float32)
    settings().runs.mkdir()
    save_positions(positions_file(run, settings().runs, images.data), run, images.fingerprint, points)
    assert client.get("/api/map/softmax").json()["tsne"][3] == pytest.approx(points[3], abs=1e-3)


def test_making_it_is_asked_for_by_post(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[str] = []
    monkeypatch.setattr(mapping, "start_process", lambda _module, model, *_: started.append(model))
    assert client.post("/api/map/softmax").json()["done"] == 0
    assert started == ["softmax"]
    assert client.get("/api/map/softmax").json()["done"] == 0


def test_an_unknown_model_is_one_line_and_starts_nothing(client: TestClient) -> None:
    assert client.post("/api/map/nobody").status_code == client.get("/api/map/nobody").status_code == 404


def test_another_site_is_refused(client: TestClient) -> None:
    for ask in (client.get, client.post):
        assert ask("/api/map/softmax", headers={"origin": "http://evil.example"}).status_code == 403
