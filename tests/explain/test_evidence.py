import numpy as np
import pytest
import torch

from digitlab.explain.evidence import Evidence, LogitSum, evidence_of, is_linear
from digitlab.models import REGISTRY, build_model, compute_logits


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
    weights = np.zeros((10, 28, 28), np.float32)
    weights[3, 0, :3] = 3, -1, 4
    evidence = Evidence(np.full((28, 28), 0.5, np.float32), weights, np.full(10, 0.25, np.float32))
    assert (evidence.support[3], evidence.opposition[3], evidence.logits[3]) == (3.5, -0.5, 3.25)


def test_each_digits_sum_is_its_logit_and_two_digits_sum_is_the_difference(image: np.ndarray) -> None:
    model = build_model("softmax")
    logits = compute_logits(model, torch.tensor(image)[None])[0].numpy()
    evidence = evidence_of(model, image)
    for digit in range(10):
        assert evidence.sum_of(digit).total == pytest.approx(logits[digit], abs=1e-4)
        assert evidence.sum_of(digit, 8).total == pytest.approx(logits[digit] - logits[8], abs=1e-4)


def test_the_strongest_pixels_come_first_and_only_those_with_ink() -> None:
    ink, weights = np.zeros((28, 28)), np.ones((28, 28))
    ink[2, 3], ink[4, 5], ink[6, 7] = 0.5, 1.0, 0.25
    weights[6, 7] = -8
    assert LogitSum(ink, weights, 0.0).strongest == [(6, 7), (4, 5), (2, 3)]


@pytest.mark.parametrize("name", sorted(REGISTRY))
def test_only_softmax_regression_is_linear(name: str) -> None:
    assert is_linear(build_model(name).eval()) == (name == "softmax")


def test_a_network_of_dense_layers_is_not_linear() -> None:
    layers = [torch.nn.Flatten(), torch.nn.Linear(784, 30), torch.nn.ReLU(), torch.nn.Linear(30, 10)]
    assert not is_linear(torch.nn.Sequential(*layers))
