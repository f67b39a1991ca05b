"""The architectures, the registry that names them, and what they say of images.

A model takes images as `float32` of shape (N, 1, 28, 28) in 0..1 and gives logits of shape (N, 10). A new model is one
class with the decorator `register`, whose constructor takes the dropout share, and its name in `config.ARCHITECTURES`;
its `hidden(x)` gives what the last dense layer gets, of shape (N, values).
"""

import copy
import itertools
import math
from collections.abc import Callable, Iterator

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.fusion import fuse_conv_bn_eval

from digitlab.errors import UnknownName
from digitlab.image import CLASSES, SIDE

_AT_ONCE = {"cpu": 100}
"""Device → images that are read at once where there are many: what a CPU's cache holds of a CNN's layers; a GPU is kept
busy by a thousand."""

REGISTRY: dict[str, Callable[[float], nn.Module]] = {}
"""Name → class of a model."""


def register(name: str) -> Callable[[type[nn.Module]], type[nn.Module]]:
    """Class decorator: make a model known under a name."""

    def add(model: type[nn.Module]) -> type[nn.Module]:
        REGISTRY[name] = model
        return model

    return add


def build_model(name: str, dropout: float = 0.0, seed: int | None = None) -> nn.Module:
    """A model with fresh random weights.

    seed: the weights follow from it alone, and torch's own generator is left as it is; None draws them from that.
    Raises UnknownName when no architecture has this name.
    """
    if name not in REGISTRY:
        raise UnknownName(f"There is no model {name[:60]!r}. Choose one of: {', '.join(REGISTRY)}.")
    if seed is None:
        return REGISTRY[name](dropout)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return REGISTRY[name](dropout)


def to_input(images: Tensor) -> Tensor:
    """Images, `uint8` of shape (N, 28, 28), as a model takes them: `float32` of shape (N, 1, 28, 28) in 0..1."""
    return images.unsqueeze(1).to(torch.float32).div_(255)


def compute_logits(model: nn.Module, images: Tensor) -> Tensor:
    """The model's logits for images, in float32.

    images: `uint8` of shape (N, 28, 28), on the model's device. Returns shape (N, 10), on the CPU.
    The model is left in the mode (training or evaluation) that it was in.
    """
    was_training = model.training
    if was_training:  # set only when needed: a model shared by threads is not touched while others read with it
        model.eval()
    with torch.inference_mode():
        batches = [
            model(to_input(batch)).float().cpu() for batch in images.split(_AT_ONCE.get(images.device.type, 1000))
        ]
    if was_training:
        model.train()
    return torch.cat(batches) if batches else torch.empty(0, CLASSES)


def compute_hidden(model: nn.Module, images: Tensor) -> Tensor:
    """What the model's last dense layer gets, in float32.

    images: `uint8` of shape (N, 28, 28). Returns shape (N, values). The model is in evaluation mode.
    """
    with torch.inference_mode():
        return torch.cat([model.hidden(to_input(batch)).float() for batch in _batches(images)])  # type: ignore[operator]


def _batches(images: Tensor) -> tuple[Tensor, ...]:
    return images.split(_AT_ONCE.get(images.device.type, 1000))


def has_convolutions(model: nn.Module) -> bool:
    """Whether a model has two-dimensional convolutions, so that channels-last memory pays and there are maps to see."""
    return any(isinstance(module, nn.Conv2d) for module in model.modules())


def for_reading(model: nn.Module) -> nn.Module:
    """A copy that gives the same logits, but for rounding, in two thirds of the time.

    Every batch normalisation is folded into the convolution before it, and images lie channel by channel in memory.
    """
    copied = copy.deepcopy(model).eval()
    for block in [module for module in copied.modules() if isinstance(module, nn.Sequential)]:
        for index, (first, second) in enumerate(itertools.pairwise(block)):
            if isinstance(first, nn.Conv2d) and isinstance(second, nn.BatchNorm2d):
                block[index], block[index + 1] = fuse_conv_bn_eval(first, second), nn.Identity()
    return copied.to(memory_format=torch.channels_last) if has_convolutions(copied) else copied


def count_parameters(model: nn.Module) -> int:
    """How many numbers the training adjusts."""
    return sum(parameter.numel() for parameter in model.parameters() if parameter.requires_grad)


class Normalize(nn.Module):
    """Shift and scale to mean 0 and deviation 1 by the MNIST training set's own 0.1307 and 0.3081.

    Part of the model, so that a saved or exported model takes plain grey values.
    """

    mean, deviation = 0.1307, 0.3081

    def forward(self, x: Tensor) -> Tensor:
        return (x - self.mean).div_(self.deviation)


@register("softmax")
class Softmax(nn.Module):
    """Softmax regression: one weight per pixel and digit, and a bias per digit; 7,850 parameters."""

    def __init__(self, dropout: float = 0.0) -> None:
        super().__init__()
        self.normalize = Normalize()
        self.linear = nn.Linear(SIDE * SIDE, CLASSES)

    def hidden(self, x: Tensor) -> Tensor:
        """What the dense layer gets: the pixels, since there is no layer before it."""
        return self.normalize(x).flatten(1)

    def forward(self, x: Tensor) -> Tensor:
        return self.linear(self.hidden(x))


class _ConvNet(nn.Module):
    """Convolutions that end in `size` values, then dropout and one dense layer."""

    def __init__(self, features: nn.Sequential, size: int, dropout: float) -> None:
        super().__init__()
        self.normalize = Normalize()
        self.features = features
        self.dropout = nn.Dropout(dropout)
        self.linear = nn.Linear(size, CLASSES)

    def hidden(self, x: Tensor) -> Tensor:
        """What the dense layer gets: the last hidden layer, flattened."""
        return self.features(self.normalize(x)).flatten(1)

    def forward(self, x: Tensor) -> Tensor:
        return self.linear(self.dropout(self.hidden(x)))


def _block(inputs: int, outputs: int, kernel: int = 3) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(inplace=True),
    )


@register("cnn-small")
class SmallCNN(_ConvNet):
    """One convolution, ReLU, max pooling, flatten, dropout and one dense layer: the least that is a CNN.

    Shapes: 1×28×28 → 16×28×28 → 16×14×14 → 3,136 → 10.
    """

    def __init__(self, dropout: float = 0.0) -> None:
        features = nn.Sequential(nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2))
        super().__init__(features, 16 * 14 * 14, dropout)


def _halved(convolution: nn.Conv2d) -> nn.Sequential:
    """Pooled before it is normalised and rectified: the same maximum, and a quarter of the work for the other two."""
    return nn.Sequential(convolution, nn.MaxPool2d(2), nn.BatchNorm2d(convolution.out_channels), nn.ReLU(inplace=True))


@register("cnn-fast")
class FastCNN(nn.Module):
    """Two convolutions, the first with a stride of 2, and a hidden dense layer: for a training that one waits for.

    Shapes: 1×28×28 → 32×14×14 → 32×7×7 → 64×7×7 → 64×3×3 → 576 → 128 → 10.
    """

    def __init__(self, dropout: float = 0.0) -> None:
        super().__init__()
        self.normalize = Normalize()
        self.features = nn.Sequential(
            _halved(nn.Conv2d(1, 32, 6, stride=2, padding=2, bias=False)),
            _halved(nn.Conv2d(32, 64, 3, padding=1, bias=False)),
        )
        self.dense = nn.Sequential(nn.Flatten(), nn.Linear(64 * 3 * 3, 128), nn.ReLU(inplace=True))
        self.dropout = nn.Dropout(dropout)
        self.linear = nn.Linear(128, CLASSES)

    def hidden(self, x: Tensor) -> Tensor:
        """What the last dense layer gets: 128 values."""
        return self.dense(self.features(self.normalize(x)))

    def forward(self, x: Tensor) -> Tensor:
        return self.linear(self.dropout(self.hidden(x)))


@register("cnn")
class CNN(_ConvNet):
    """Five convolutions with batch normalisation in three stages, each halved by max pooling; one dense layer.

    Shapes: 1×28×28 → 24×28×28 → 24×14×14 → 48×14×14 (twice) → 48×7×7 → 96×7×7 (twice) → 96×3×3 → 864 → 10.
    """

    def __init__(self, dropout: float = 0.0) -> None:
        features = nn.Sequential(
            _block(1, 24, kernel=5),
            nn.MaxPool2d(2),
            _block(24, 48),
            _block(48, 48),
            nn.MaxPool2d(2),
            _block(48, 96),
            _block(96, 96),
            nn.MaxPool2d(2),
        )
        super().__init__(features, 96 * 3 * 3, dropout)


@register("cnn-deep")
class DeepCNN(_ConvNet):
    """Eight convolutions with batch normalisation in three stages, each halved by max pooling; one dense layer.

    Shapes: 1×28×28 → 32×28×28 (twice) → 32×14×14 → 64×14×14 (three times) → 64×7×7 → 128×7×7 (three times) →
    128×3×3 → 1,152 → 10.
    """

    def __init__(self, dropout: float = 0.0) -> None:
        features = nn.Sequential(
            _block(1, 32, kernel=5),
            _block(32, 32),
            nn.MaxPool2d(2),
            _block(32, 64),
            _block(64, 64),
            _block(64, 64),
            nn.MaxPool2d(2),
            _block(64, 128),
            _block(128, 128),
            _block(128, 128),
            nn.MaxPool2d(2),
        )
        super().__init__(features, 128 * 3 * 3, dropout)


@register("cnn-views")
class ViewsCNN(DeepCNN):
    """The same network; when it reads, it looks nine times and gives the logarithm of the mean probabilities.

    The views: moved by a pixel to each side, turned by 7° either way, 7 % smaller and larger, and as it is. After
    A. Krizhevsky, I. Sutskever, G. Hinton, "ImageNet classification with deep convolutional neural networks", 2012.
    """

    def forward(self, x: Tensor) -> Tensor:
        if self.training:
            return super().forward(x)
        seen = [functional.log_softmax(super(ViewsCNN, self).forward(view).float(), 1) for view in nine_views(x)]
        return torch.logsumexp(torch.stack(seen), 0) - math.log(len(seen))


def looks_often(model: nn.Module) -> bool:
    """Whether a model reads an image several times, each time moved a little, before it answers."""
    return isinstance(model, ViewsCNN)


def single_look(model: nn.Module) -> nn.Module:
    """A network that looks at an image once: the model itself, or of one that looks often, the look at it as it is."""
    if not isinstance(model, ViewsCNN):
        return model
    once = DeepCNN()
    once.load_state_dict(model.state_dict())
    return once.to(next(model.parameters()).device).eval()


def nine_views(x: Tensor) -> Iterator[Tensor]:
    """Nine views of images of shape (N, 1, 28, 28); the images themselves come last."""
    pixel, turn, size = 2 / SIDE, math.radians(7), 0.07
    for across, down in ((pixel, 0), (-pixel, 0), (0, pixel), (0, -pixel)):
        yield _seen(x, [[1.0, 0.0, across], [0.0, 1.0, down]])
    for angle in (turn, -turn):
        yield _seen(x, [[math.cos(angle), -math.sin(angle), 0.0], [math.sin(angle), math.cos(angle), 0.0]])
    for scale in (1 - size, 1 + size):
        yield _seen(x, [[scale, 0.0, 0.0], [0.0, scale, 0.0]])
    yield x


def _seen(x: Tensor, matrix: list[list[float]]) -> Tensor:
    """The images moved by a 2×3 matrix from points of the new image to points of the old, in halves of its side."""
    # x.shape[0], for torch.jit.trace would make a constant of len(x)
    grid = functional.affine_grid(x.new_tensor(matrix).repeat(x.shape[0], 1, 1), list(x.shape), align_corners=False)
    return functional.grid_sample(x, grid, align_corners=False)
