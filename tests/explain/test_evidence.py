import numpy as np
import pytest
import torch

from digitlab.explain.evidence import Evidence, evidence_of
from digitlab.models import build_model, compute_logits


@pytest.fixture
def image() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (28, 28)).astype(np.uint8)


def test_the_parts_of_softmax_regression_add_up_to_its_logits(image: np.ndarray) -> None:
    model = build_model("softmax")
    logits = compute_logits(model, torch.tensor(image)[None])[0].numpy()
    assert evidence_of(model, image).logits == pytest.approx(logits, abs=1e-4)


def test_pixels_without_ink_say_nothing(image: np.ndarray) -> None:
    image[:14] = 0
    evidence = evidence_of(build_model("softmax"), image)
    assert not evidence.pixels[:, :14].any()
    assert evidence.pixels[:, 14:].any()


def test_a_blank_image_has_the_blank_logits() -> None:
    evidence = evidence_of(build_model("softmax"), np.zeros((28, 28), np.uint8))
    assert evidence.logits == pytest.approx(evidence.blank)


def test_support_and_opposition_are_the_two_signs_of_the_pixels() -> None:
    pixels = np.zeros((10, 28, 28), np.float32)
    pixels[3, 0, :3] = 1.5, -0.5, 2.0
    evidence = Evidence(pixels, np.full(10, 0.25, np.float32))
    assert (evidence.support[3], evidence.opposition[3], evidence.logits[3]) == (3.5, -0.5, 3.25)
