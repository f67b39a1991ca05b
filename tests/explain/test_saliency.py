"""captum's methods against cases computed by hand."""

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from digitlab.errors import UnknownName
from digitlab.explain.evidence import evidence_of
from digitlab.explain.saliency import WINDOW, Looker
from digitlab.models import build_model, compute_logits

RANDOM = np.random.default_rng(0)
IMAGE = np.where(RANDOM.random((28, 28)) < 0.3, RANDOM.integers(1, 256, (28, 28)), 0).astype(np.uint8)


def trained(name: str) -> nn.Module:
    """A model whose batch normalisation has seen images, so that folding it in changes something."""
    model = build_model(name, seed=0)
    with torch.no_grad():
        model(torch.rand(8, 1, 28, 28, generator=torch.Generator().manual_seed(0)))
    return model.eval()


def test_integrated_gradients_of_a_linear_model_are_its_evidence() -> None:
    model = build_model("softmax", seed=0)
    expected = evidence_of(model, IMAGE).pixels[3]
    assert Looker(model, IMAGE).integrated_gradients(3, steps=5).values == pytest.approx(expected, abs=1e-5)


class _Squared(nn.Module):
    """Digit d's logit: (d + 1) times the square of all ink."""

    def forward(self, x: Tensor) -> Tensor:
        return x.flatten(1).sum(1, keepdim=True) ** 2 * torch.arange(1.0, 11.0)


def test_integrated_gradients_of_a_square_are_ink_times_the_sum() -> None:
    # The gradient on the way is 2 t S (d + 1), with t from 0 to 1 and S all ink; its mean is S (d + 1).
    ink = IMAGE / 255
    found = Looker(_Squared(), IMAGE).integrated_gradients(1, steps=10)
    assert found.values == pytest.approx(ink * ink.sum() * 2, rel=1e-4)
    assert (found.logit, found.blank) == pytest.approx((2 * ink.sum() ** 2, 0), rel=1e-5)


@pytest.mark.parametrize("name", ["cnn-small", "cnn", "cnn-deep"])
def test_integrated_gradients_add_up_to_the_rise_of_the_logit(name: str) -> None:
    found = Looker(trained(name), IMAGE).integrated_gradients(7, steps=300)
    assert found.values.sum() == pytest.approx(found.logit - found.blank, abs=0.02 * abs(found.logit - found.blank))


def test_occlusion_without_overlap_is_the_evidence_of_each_window() -> None:
    model = build_model("softmax", seed=0)
    blocks = evidence_of(model, IMAGE).pixels[4].reshape(4, WINDOW, 4, WINDOW).sum((1, 3))
    found = Looker(model, IMAGE).occlusion(4, stride=WINDOW)
    assert found.values == pytest.approx(np.kron(blocks, np.ones((WINDOW, WINDOW))), abs=1e-4)
    assert found.cells == 4


@pytest.mark.parametrize("stride", [2, 3])
def test_where_windows_overlap_a_pixel_has_their_mean(stride: int) -> None:
    model = build_model("softmax", seed=0)
    pixels = evidence_of(model, IMAGE).pixels[4]
    falls, windows = np.zeros((28, 28)), np.zeros((28, 28))
    starts = range(0, 28 - WINDOW + stride, stride)  # the last window may hang over the edge
    for row in starts:
        for column in starts:
            here = np.s_[row : row + WINDOW, column : column + WINDOW]
            falls[here] += pixels[here].sum()
            windows[here] += 1
    found = Looker(model, IMAGE).occlusion(4, stride=stride)
    assert found.values == pytest.approx(falls / windows, abs=1e-4)
    assert found.cells == len(starts)


def test_windows_without_ink_are_not_read() -> None:
    image = np.zeros((28, 28), np.uint8)
    image[8:13, 8:13] = 255
    found = Looker(build_model("softmax", seed=0), image).occlusion(4, stride=WINDOW)
    assert found.passes == 1
    assert found.values[7:14, 7:14].all()
    found.values[7:14, 7:14] = 0
    assert not found.values.any()


class _TwoMaps(nn.Module):
    """Two maps, the image and half of it, after a ReLU; digit 0's logit is three times the first map's sum minus the
    second's, digit 1's its opposite."""

    def __init__(self) -> None:
        super().__init__()
        self.maps = nn.Conv2d(1, 2, 1, bias=False)
        self.relu = nn.ReLU()
        self.maps.weight.data = torch.tensor([1.0, 0.5]).reshape(2, 1, 1, 1)

    def forward(self, x: Tensor) -> Tensor:
        sums = self.relu(self.maps(x)).sum((2, 3))
        first = 3 * sums[:, :1] - sums[:, 1:]
        return torch.cat([first, -first, torch.zeros(len(x), 8)], 1)


def test_grad_cam_is_the_maps_weighted_by_their_mean_gradient() -> None:
    # Mean gradients of digit 0: 3 and -1; so 3 · image - 1 · image / 2 = 2.5 · image. Of digit 1: all below 0.
    looker = Looker(_TwoMaps(), IMAGE)
    assert looker.grad_cam(0).values == pytest.approx(2.5 * IMAGE / 255, abs=1e-5)
    assert not looker.grad_cam(1).values.any()
    assert looker.grad_cam(0).cells == 28


def test_grad_cam_of_a_cnn_is_computed_in_the_cells_of_its_last_maps() -> None:
    found = Looker(trained("cnn"), IMAGE).grad_cam(3)
    assert (found.cells, found.values.shape) == (7, (28, 28))
    assert found.values.min() >= 0


def test_a_model_without_convolutions_has_no_grad_cam() -> None:
    looker = Looker(build_model("softmax"), IMAGE)
    assert not looker.has_maps
    with pytest.raises(UnknownName, match="no convolution"):
        looker.grad_cam(0)


def test_the_logits_are_the_models() -> None:
    model = trained("cnn")
    logits = compute_logits(model, torch.tensor(IMAGE)[None])[0].numpy()
    assert Looker(model, IMAGE).logits == pytest.approx(logits, abs=1e-4)


def test_explaining_leaves_the_shared_model_as_it_was() -> None:
    model = trained("cnn")
    before = {name: values.clone() for name, values in model.state_dict().items()}
    looker = Looker(model, IMAGE)
    looker.integrated_gradients(0, 4), looker.occlusion(0, 7), looker.grad_cam(0)
    assert all(torch.equal(values, before[name]) for name, values in model.state_dict().items())
    assert all(one.grad is None and one.requires_grad for one in model.parameters())
    assert not any(module._forward_hooks or module._backward_hooks for module in model.modules())


def test_a_model_that_looks_often_is_explained_by_its_look_at_the_image_as_it_is() -> None:
    often = trained("cnn-views")
    once = build_model("cnn-deep")
    once.load_state_dict(often.state_dict())
    expected = Looker(once.eval(), IMAGE).grad_cam(3)
    assert Looker(often, IMAGE).grad_cam(3).values == pytest.approx(expected.values)
