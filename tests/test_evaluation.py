from collections.abc import Callable

import numpy as np
import pytest
import torch
from sklearn import metrics

from digitlab.data.parts import Part
from digitlab.evaluation import compute_logits, summarize, to_probabilities
from digitlab.models import build_model, to_input


@pytest.fixture
def scores() -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(0)
    labels = random.integers(0, 10, 300)
    logits = random.normal(0, 1, (300, 10)).astype(np.float32)
    logits[np.arange(300), labels] += 2
    return logits, labels


def test_the_summary_agrees_with_scikit_learn(scores: tuple[np.ndarray, np.ndarray]) -> None:
    logits, labels = scores
    predicted = logits.argmax(1)
    summary = summarize(logits, labels)
    report = metrics.classification_report(labels, predicted, output_dict=True)
    assert summary.images == 300
    assert summary.accuracy == pytest.approx(report["accuracy"])
    assert summary.mistakes == round(300 * (1 - report["accuracy"]))
    assert summary.per_class == pytest.approx({digit: report[str(digit)]["recall"] for digit in range(10)})


def test_the_loss_is_torchs_cross_entropy(scores: tuple[np.ndarray, np.ndarray]) -> None:
    logits, labels = scores
    expected = torch.nn.functional.cross_entropy(torch.tensor(logits), torch.tensor(labels)).item()
    assert summarize(logits, labels).loss == pytest.approx(expected, rel=1e-5)


def test_the_interval_is_wilsons() -> None:
    """81 of 263 right: the worked example of R. Newcombe, Statistics in Medicine 17, 1998, table I."""
    labels = np.zeros(263, int)
    logits = np.zeros((263, 10))
    logits[:81, 0] = logits[81:, 1] = 1
    assert summarize(logits, labels).interval == pytest.approx((0.2553, 0.3662), abs=5e-5)


def test_digits_without_an_image_are_left_out(scores: tuple[np.ndarray, np.ndarray]) -> None:
    logits, labels = scores
    only = (labels == 3) | (labels == 8)
    assert summarize(logits[only], labels[only]).per_class.keys() == {3, 8}


def test_a_perfect_and_a_hopeless_model_are_summarized() -> None:
    labels = np.arange(10)
    right, wrong = np.eye(10) * 100, np.roll(np.eye(10), 1, axis=1) * 100
    assert summarize(right, labels).accuracy == 1
    assert summarize(right, labels).interval[1] == pytest.approx(1)
    assert summarize(wrong, labels).mistakes == 10
    assert summarize(wrong, labels).loss > 30


def test_probabilities_add_up_to_one_even_for_extreme_scores() -> None:
    logits = np.array([[1e4] + [0] * 9, [-1e4] * 10, [3e38] + [-3e38] * 9], np.float32)
    probabilities = to_probabilities(logits)
    assert probabilities.dtype == np.float64
    assert probabilities.sum(1) == pytest.approx([1, 1, 1])
    assert probabilities[1] == pytest.approx([0.1] * 10)


def test_logits_of_many_images_are_those_of_each(make_part: Callable[..., Part]) -> None:
    images = make_part(2100).images
    model = build_model("softmax")
    together = compute_logits(model, images)
    assert together.shape == (2100, 10)
    for place in (0, 999, 1000, 2099):
        assert torch.allclose(together[place], model(to_input(images[place : place + 1]))[0], atol=1e-4)


def test_no_images_give_no_logits() -> None:
    assert compute_logits(build_model("softmax"), torch.zeros(0, 28, 28, dtype=torch.uint8)).shape == (0, 10)


@pytest.mark.parametrize("training", [True, False])
def test_computing_logits_changes_nothing_in_the_model(training: bool, make_part: Callable[..., Part]) -> None:
    model = build_model("cnn", dropout=0.5).train(training)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    images = make_part(20).images
    assert torch.equal(compute_logits(model, images), compute_logits(model, images))
    assert model.training is training
    assert all(module.training is training for module in model.modules())
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
