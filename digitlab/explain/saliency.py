"""Which parts of an image raise a digit's logit in a convolutional network: three methods, computed by captum.

Sources. Integrated gradients: M. Sundararajan, A. Taly, Q. Yan, "Axiomatic attribution for deep networks", ICML 2017.
Occlusion: M. Zeiler, R. Fergus, "Visualizing and understanding convolutional networks", ECCV 2014. Grad-CAM:
R. Selvaraju et al., "Grad-CAM: visual explanations from deep networks via gradient-based localization", ICCV 2017.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from digitlab.errors import UnknownName
from digitlab.image import SIDE
from digitlab.models import for_reading, has_convolutions, single_look, to_input

WINDOW = 7
"""Pixels of a side of the window that occlusion wipes out: two to three strokes wide."""

_TOGETHER = 32
"""Images that a network reads at once: more take no less time each, and their activations take memory."""


@dataclass(frozen=True)
class Saliency:
    """What speaks for a digit and against it.

    values: `float32` of shape (28, 28), more than 0 where the image speaks for the digit. logit, blank: of the digit,
    for this image and for one without ink. cells: rows and columns that the values were computed in. passes: images
    that the network read for it.
    """

    values: np.ndarray
    logit: float
    blank: float
    cells: int
    passes: int


class Looker:
    """A network and an image, ready to be explained. The model itself is not touched: it may be shared by threads.

    image: `uint8` of shape (28, 28). A model that looks often is explained by its look at the image as it is.
    """

    def __init__(self, model: nn.Module, image: np.ndarray) -> None:
        self._network = for_reading(single_look(model)).requires_grad_(False)
        self._x = to_input(torch.tensor(image)[None])
        with torch.inference_mode():
            both = self._network(torch.cat([self._x, torch.zeros_like(self._x)]))
        self.logits, self._blank = both.numpy()

    def integrated_gradients(self, digit: int, steps: int) -> Saliency:
        """The logit's rise over a black image, shared out among the pixels: their ink times the mean gradient on the
        way from black to the image. The values add up to the rise; with more steps the more closely.
        """
        from captum.attr import IntegratedGradients  # captum takes a second: not for who only wants softmax's evidence

        values = IntegratedGradients(self._network).attribute(
            self._x, target=digit, n_steps=steps, internal_batch_size=_TOGETHER
        )
        return self._saliency(values, digit, SIDE, steps)

    def occlusion(self, digit: int, stride: int) -> Saliency:
        """How far the logit falls when a window of WINDOW×WINDOW pixels is wiped to black, for windows every `stride`
        pixels; a pixel in several windows has their mean. Windows without ink change nothing and are not read.
        """
        from captum.attr import Occlusion

        read, x = 0, self._x
        untouched = torch.from_numpy(self.logits)

        def logits_of(images: Tensor) -> Tensor:
            nonlocal read
            changed = (images != x).flatten(1).any(1)
            logits = untouched.repeat(len(images), 1)
            if changed.any():
                logits[changed] = self._network(images[changed])
                read += int(changed.sum())
            return logits

        with torch.inference_mode():
            values = Occlusion(logits_of).attribute(
                x,
                target=digit,
                sliding_window_shapes=(1, WINDOW, WINDOW),
                strides=(1, stride, stride),
                perturbations_per_eval=_TOGETHER,
            )
        return self._saliency(values, digit, -(-(SIDE - WINDOW) // stride) + 1, read)

    def grad_cam(self, digit: int) -> Saliency:
        """Where the last feature maps light up that raise the logit: the maps, each weighted by its mean gradient,
        added up; what is below 0 is left out, and the rest is scaled up to 28×28 between the centres of its cells.

        The last maps are those of the last convolution, after its ReLU. Raises UnknownName where there is none.
        """
        from captum.attr import LayerAttribution, LayerGradCam

        cam = LayerGradCam(self._network, self._last_maps())
        coarse = cam.attribute(self._x, target=digit, relu_attributions=True).detach()
        values = LayerAttribution.interpolate(coarse, (SIDE, SIDE), "bilinear")
        return self._saliency(values, digit, coarse.shape[-1], 1)

    @property
    def has_maps(self) -> bool:
        """Whether the network has convolutions, which Grad-CAM needs."""
        return has_convolutions(self._network)

    def _last_maps(self) -> nn.Module:
        modules = list(self._network.modules())
        last = max((at for at, module in enumerate(modules) if isinstance(module, nn.Conv2d)), default=None)
        if last is None:
            raise UnknownName(
                "This model has no convolution, so Grad-CAM has no feature maps to look at. Choose a CNN."
            )
        return next((module for module in modules[last:] if isinstance(module, nn.ReLU)), modules[last])

    def _saliency(self, values: Tensor, digit: int, cells: int, passes: int) -> Saliency:
        found = values.detach()[0, 0].float().numpy()
        return Saliency(found, float(self.logits[digit]), float(self._blank[digit]), cells, passes)
