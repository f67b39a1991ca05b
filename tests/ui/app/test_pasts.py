"""The route that gives a run's past to the panels."""

import base64
import math
from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from digitlab.ui.app import pasts
from digitlab.ui.app.installation import catalogue


@pytest.fixture
def client() -> Iterator[TestClient]:
    with TestClient(Starlette(routes=pasts.ROUTES), base_url="http://localhost:8501", client=("127.0.0.1", 9)) as one:
        yield one


def test_a_softmax_regression_has_its_loss_and_ten_weight_images_for_each_epoch(client: TestClient) -> None:
    past = client.get("/api/past/softmax").json()
    assert [curve["name"] for curve in past["curves"]] == ["training", "validation"]
    assert past["epochs"][0] == 0
    assert len(base64.b64decode(past["frames"])) == math.prod((len(past["epochs"]), 10, 28, 28))
    assert past["chosen"] == catalogue().find("softmax").status.chosen_epoch


def test_a_cnn_has_its_loss(client: TestClient) -> None:
    past = client.get("/api/past/cnn").json()
    history = catalogue().find("cnn").history
    assert past["curves"][1]["values"] == [record["validation_loss"] for record in history]
    assert "frames" not in past


def test_the_browser_keeps_it_and_no_proxy_does(client: TestClient) -> None:
    assert client.get("/api/past/softmax?files=1").headers["cache-control"] == "private, max-age=86400"


@pytest.mark.parametrize("name", ["nobody", "..%2fsoftmax", "x" * 5000])
def test_an_unknown_model_is_one_line(name: str, client: TestClient) -> None:
    answer = client.get(f"/api/past/{name}")
    assert answer.status_code == 404
    assert "Traceback" not in answer.text


def test_another_site_is_refused(client: TestClient) -> None:
    assert client.get("/api/past/softmax", headers={"origin": "http://evil.example"}).status_code == 403
