"""One pixel of a layer, computed again number by number."""

import numpy as np
import pytest
import torch
from torch import nn

from digitlab.explain.arithmetic import Convolved, Pooled, explain_pixel
from digitlab.explain.layers import Passed, list_layers, pass_through
from digitlab.models import REGISTRY, build_model

IMAGE = np.random.default_rng(0).integers(0, 256, (28, 28)).astype(np.uint8)


@pytest.mark.parametrize("name", sorted(set(REGISTRY) - {"softmax"}))
def test_every_pixel_of_every_layer_is_what_its_arithmetic_says(name: str) -> None:
    model = build_model(name, seed=0)
    with torch.no_grad():
        model(torch.rand(8, 1, 28, 28))  # so that batch normalisation has something to say
    model.eval()
    passed, modules = pass_through(model, IMAGE), dict(model.named_modules())
    random = np.random.default_rng(1)
    for layer in (layer for layer in list_layers(model) if layer.has_maps):
        made = passed[layer.module].made
        corners = [(0, 0, 0), tuple(size - 1 for size in made.shape)]
        for place in [*corners, *(tuple(int(random.integers(size)) for size in made.shape) for _ in range(3))]:
            found = explain_pixel(modules[layer.module], passed[layer.module], *place)
            assert found is not None
            assert found.value == pytest.approx(float(made[place]), abs=1e-4)


def test_a_patch_says_where_it_lies_over_the_edge() -> None:
    given = np.arange(9, dtype=np.float32).reshape(1, 3, 3) + 1
    module = nn.Conv2d(1, 1, 3, padding=1)
    found = explain_pixel(module, Passed(given, given), 0, 0, 0)
    assert isinstance(found, Convolved)
    (patch,) = found.patches
    assert patch.inside.tolist() == [[False] * 3, [False, True, True], [False, True, True]]
    assert patch.values.tolist() == [[0, 0, 0], [0, 1, 2], [0, 4, 5]]
    assert found.has_bias


@pytest.mark.parametrize("how", [{"stride": 2}, {"dilation": 2, "padding": 2}, {"kernel_size": (1, 3)}])
def test_strides_gaps_and_oblong_kernels_are_followed(how: dict[str, object]) -> None:
    module = nn.Conv2d(**{"in_channels": 3, "out_channels": 2, "kernel_size": 3, **how})
    given = torch.rand(3, 9, 9)
    with torch.no_grad():
        made = module(given[None])[0].numpy()
    for row in range(made.shape[1]):
        found = explain_pixel(module, Passed(given.numpy(), made), 1, row, 2)
        assert found is not None
        assert found.value == pytest.approx(float(made[1, row, 2]), abs=1e-5)


def test_the_mean_of_a_pooling_is_told_from_its_largest() -> None:
    given = np.arange(16, dtype=np.float32).reshape(1, 4, 4)
    mean = explain_pixel(nn.AvgPool2d(2), Passed(given, given[:, :2, :2]), 0, 1, 1)
    assert isinstance(mean, Pooled)
    assert (mean.value, mean.takes_largest) == (12.5, False)


def test_a_layer_of_another_kind_is_not_explained() -> None:
    given = np.zeros((1, 4, 4), np.float32)
    for module in (nn.Sigmoid(), nn.Conv2d(2, 2, 3, groups=2), nn.Conv2d(1, 1, 3, padding="same")):
        assert explain_pixel(module, Passed(given, given), 0, 0, 0) is None
