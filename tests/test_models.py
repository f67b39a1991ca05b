from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from digitlab.config import ARCHITECTURES
from digitlab.data.parts import Part
from digitlab.errors import UnknownName
from digitlab.models import REGISTRY, build_model, compute_logits, count_parameters, register, to_input


def test_the_names_that_are_known_without_torch_are_those_of_the_registry() -> None:
    assert tuple(REGISTRY) == ARCHITECTURES


@pytest.mark.parametrize("name", REGISTRY)
@pytest.mark.parametrize("count", [1, 3])
def test_every_model_gives_ten_logits_an_image(name: str, count: int) -> None:
    logits = build_model(name).eval()(torch.rand(count, 1, 28, 28))
    assert logits.shape == (count, 10)
    assert logits.dtype == torch.float32


def test_softmax_regression_has_7850_parameters() -> None:
    assert count_parameters(build_model("softmax")) == 7850


def test_softmax_regression_is_one_weight_per_pixel_and_digit() -> None:
    model = build_model("softmax")
    x = torch.rand(2, 1, 28, 28)
    by_hand = ((x - 0.1307) / 0.3081).reshape(2, 784) @ model.linear.weight.T + model.linear.bias
    assert torch.allclose(model(x), by_hand, atol=1e-5)


def test_the_cnn_has_the_layers_that_it_is_made_of() -> None:
    kinds = {type(module) for module in build_model("cnn").modules()}
    assert {nn.Conv2d, nn.ReLU, nn.MaxPool2d, nn.Dropout, nn.Linear} <= kinds


def test_the_cnn_drops_activations_in_training_only() -> None:
    model, x = build_model("cnn", dropout=0.5), torch.rand(4, 1, 28, 28)
    model.eval()
    assert torch.equal(model(x), model(x))
    model.dropout.train()
    assert not torch.equal(model(x), model(x))


@pytest.mark.parametrize("name", ["", "other", "CNN", "../cnn", "__class__"])
def test_an_unknown_model_is_refused_with_the_known_ones(name: str) -> None:
    with pytest.raises(UnknownName, match=r"There is no model .* Choose one of: softmax, cnn"):
        build_model(name)


def test_a_third_model_is_one_class_and_one_entry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("digitlab.models.REGISTRY", dict(REGISTRY))

    @register("middle-pixel")
    class MiddlePixel(nn.Module):
        def __init__(self, dropout: float = 0.0) -> None:
            super().__init__()
            self.weight = nn.Parameter(torch.ones(10))

        def forward(self, x: Tensor) -> Tensor:
            return x[:, 0, 14, 14:15] * self.weight

    model = build_model("middle-pixel", dropout=0.1)
    assert isinstance(model, MiddlePixel)
    assert count_parameters(model) == 10
    assert model(torch.ones(2, 1, 28, 28)).shape == (2, 10)


def test_the_same_seed_gives_the_same_fresh_weights() -> None:
    torch.manual_seed(3)
    first = build_model("softmax").linear.weight
    torch.manual_seed(3)
    assert torch.equal(build_model("softmax").linear.weight, first)


def test_frozen_parameters_are_not_counted() -> None:
    model = build_model("softmax")
    model.linear.bias.requires_grad = False
    assert count_parameters(model) == 7840


def test_images_become_floats_from_0_to_1_with_a_channel() -> None:
    images = torch.tensor([0, 51, 255], dtype=torch.uint8).repeat(2, 28, 10)[:, :, :28]
    x = to_input(images)
    assert (x.shape, x.dtype) == ((2, 1, 28, 28), torch.float32)
    assert x[0, 0, 0, :3].tolist() == pytest.approx([0, 0.2, 1])
    assert images[0, 0, 2] == 255


def test_the_views_model_reads_as_the_deep_one_does_on_average() -> None:
    views, deep = build_model("cnn-views").eval(), build_model("cnn-deep").eval()
    deep.load_state_dict(views.state_dict())
    x = torch.rand(3, 1, 28, 28)
    probabilities = views(x).exp()
    assert torch.allclose(probabilities.sum(1), torch.ones(3), atol=1e-5)
    assert not torch.allclose(probabilities, deep(x).softmax(1), atol=1e-7)


def test_the_views_model_trains_on_one_look_at_each_image() -> None:
    views = build_model("cnn-views")
    looked: list[int] = []
    views.linear.register_forward_hook(lambda *_: looked.append(1))
    views.train()(torch.rand(2, 1, 28, 28))
    assert len(looked) == 1
    views.eval()(torch.rand(2, 1, 28, 28))
    assert len(looked) == 1 + 9


def test_very_sure_views_stay_finite() -> None:
    views = build_model("cnn-views").eval()
    views.linear.bias.data[3] = 1e4
    assert views(torch.rand(2, 1, 28, 28)).isfinite().all()


def test_logits_of_many_images_are_those_of_each(make_part: Callable[..., Part]) -> None:
    images = make_part(2100).images
    model = build_model("softmax")
    together = compute_logits(model, images)
    assert together.shape == (2100, 10)
    for index in (0, 999, 1000, 2099):
        assert torch.allclose(together[index], model(to_input(images[index : index + 1]))[0], atol=1e-4)


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


def test_weights_follow_from_their_seed_alone() -> None:
    weights = []
    for seed in (1, 2):
        torch.manual_seed(seed)
        before = torch.get_rng_state()
        weights.append(build_model("cnn", seed=5).state_dict())
        assert torch.equal(torch.get_rng_state(), before)
    assert all(torch.equal(weights[0][name], weights[1][name]) for name in weights[0])
    other = build_model("cnn", seed=6).state_dict()
    assert any(not torch.equal(weights[0][name], other[name]) for name in other)


def test_without_a_seed_weights_come_from_torchs_own_generator() -> None:
    torch.manual_seed(5)
    one, other = build_model("softmax"), build_model("softmax")
    torch.manual_seed(5)
    again = build_model("softmax")
    assert torch.equal(one.linear.weight, again.linear.weight)
    assert not torch.equal(one.linear.weight, other.linear.weight)
