import itertools

import numpy as np
import pytest
import torch

from digitlab.explain.layers import convolution_before, feature_maps, filters, list_layers, pass_through
from digitlab.models import REGISTRY, build_model, compute_logits, count_parameters

IMAGE = np.random.default_rng(0).integers(0, 256, (28, 28)).astype(np.uint8)


@pytest.mark.parametrize("name", sorted(REGISTRY))
def test_the_layers_parameters_add_up_to_the_models(name: str) -> None:
    model = build_model(name)
    assert sum(layer.parameters for layer in list_layers(model)) == count_parameters(model)


@pytest.mark.parametrize("name", sorted(REGISTRY))
def test_names_are_unique_and_shapes_are_those_of_the_maps(name: str) -> None:
    model = build_model(name)
    layers, maps = list_layers(model), feature_maps(model, IMAGE)
    assert len({layer.name for layer in layers}) == len(layers)
    assert [layer.shape for layer in layers] == [maps[layer.module].shape for layer in layers]


def test_a_small_cnn_is_described_layer_by_layer() -> None:
    described = [(layer.name, layer.shape, layer.parameters) for layer in list_layers(build_model("cnn-small"))]
    assert described == [
        ("normalisation of the pixels", (1, 28, 28), 0),
        ("convolution", (16, 28, 28), 160),
        ("ReLU", (16, 28, 28), 0),
        ("max pooling", (16, 14, 14), 0),
        ("dropout", (3136,), 0),
        ("dense", (10,), 31370),
    ]


def test_the_last_maps_are_the_logits() -> None:
    model = build_model("cnn").eval()
    logits = compute_logits(model, torch.tensor(IMAGE)[None])[0].numpy()
    assert feature_maps(model, IMAGE)["linear"] == pytest.approx(logits, abs=1e-5)


def test_a_relu_that_works_in_place_does_not_change_the_maps_before_it() -> None:
    maps = feature_maps(build_model("cnn"), IMAGE)
    assert maps["features.0.1"].min() < 0
    assert (np.maximum(maps["features.0.1"], 0) == maps["features.0.2"]).all()


def test_looking_leaves_no_hook_behind_and_the_mode_as_it_was() -> None:
    model = build_model("cnn").train()
    feature_maps(model, IMAGE)
    assert model.training
    assert not any(module._forward_hooks for module in model.modules())


def test_filters_are_those_of_the_convolutions() -> None:
    found = filters(build_model("cnn"))
    assert [values.shape for values in found.values()][:2] == [(24, 1, 5, 5), (48, 24, 3, 3)]
    assert filters(build_model("softmax")) == {}


def test_what_a_layer_gets_is_what_the_one_before_made() -> None:
    passed = list(pass_through(build_model("cnn"), IMAGE).values())
    for before, after in itertools.pairwise(passed):
        assert np.array_equal(before.made.ravel(), after.given.ravel())


def test_the_filter_behind_a_map_is_that_of_the_last_convolution() -> None:
    layers = list_layers(build_model("cnn"))
    assert convolution_before(layers, layers[0]) is None
    pooling = next(layer for layer in layers if layer.kind == "max pooling")
    assert convolution_before(layers, pooling) == layers[1]


def test_a_model_that_looks_often_is_followed_at_the_image_as_it_is() -> None:
    often, once = build_model("cnn-views"), build_model("cnn-deep")
    once.load_state_dict(often.state_dict())
    for module, values in feature_maps(once, IMAGE).items():
        assert np.array_equal(feature_maps(often, IMAGE)[module], values)
