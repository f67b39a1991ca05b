from pathlib import Path

import numpy as np
import pytest
import torch

from digitlab.errors import BadRun
from digitlab.explain.weights import first_filters, spread, weight_images, weight_norm
from digitlab.models import build_model
from digitlab.runs.weights import save_weights


@pytest.fixture
def softmax_file(tmp_path: Path) -> Path:
    save_weights(tmp_path / "softmax.safetensors", build_model("softmax").state_dict(), half=True)
    return tmp_path / "softmax.safetensors"


def test_weight_images_are_the_rows_of_the_dense_layer(softmax_file: Path, tmp_path: Path) -> None:
    weights = torch.arange(7840, dtype=torch.float32).reshape(10, 784)
    save_weights(tmp_path / "w.safetensors", {"linear.weight": weights, "linear.bias": torch.zeros(10)})
    images = weight_images(tmp_path / "w.safetensors")
    assert images.shape == (10, 28, 28)
    assert images[2, 1, 3] == 2 * 784 + 28 + 3
    assert weight_images(softmax_file).dtype == np.float32


def test_first_filters_are_those_that_see_the_image(tmp_path: Path) -> None:
    save_weights(tmp_path / "cnn.safetensors", build_model("cnn").state_dict())
    assert first_filters(tmp_path / "cnn.safetensors", "features.0.0.weight").shape == (24, 5, 5)
    with pytest.raises(BadRun, match="no filters"):
        first_filters(tmp_path / "cnn.safetensors", "features.2.0.weight")


@pytest.mark.parametrize("content", [b"", b"damaged"])
def test_a_damaged_file_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "w.safetensors").write_bytes(content)
    with pytest.raises(BadRun, match=r"w\.safetensors"):
        weight_images(tmp_path / "w.safetensors")
    with pytest.raises(BadRun, match="missing"):
        weight_images(tmp_path / "none.safetensors")


def test_the_norm_is_that_of_all_tensors_together(tmp_path: Path) -> None:
    save_weights(tmp_path / "w.safetensors", {"a": torch.tensor([3.0]), "b": torch.tensor([[4.0]])})
    assert weight_norm(tmp_path / "w.safetensors", ["a", "b"]) == pytest.approx(5.0)


def test_a_long_training_is_thinned_but_keeps_its_ends_and_the_chosen_epoch() -> None:
    epochs = list(range(1001))
    kept = spread(epochs, 41, [333])
    assert kept[0] == 0
    assert kept[-1] == 1000
    assert 333 in kept
    assert len(kept) <= 42
    assert kept == sorted(set(kept))
    assert spread([0, 1, 2], 41) == [0, 1, 2]
