"""The way from images to logits in a training step: in the chosen number format, and on CUDA as one graph."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import cast

import torch
from torch import Tensor, nn


class Forward(nn.Module):
    """A model in a number format; logits come as float32."""

    def __init__(self, model: nn.Module, precision: torch.dtype) -> None:
        super().__init__()
        self.model = model
        self.precision = precision

    def forward(self, x: Tensor) -> Tensor:
        with self._autocast(x.device.type):
            logits: Tensor = self.model(x).float()
        return logits

    def _autocast(self, device: str) -> AbstractContextManager[object]:
        if self.precision == torch.float32:
            return nullcontext()
        return torch.autocast(device, self.precision, cache_enabled=device != "cuda")  # a graph must not hold its casts


class Replayed:
    """`Forward`; where the device is CUDA, forward and backward pass of a batch are captured as a graph and replayed.

    Launching the few dozen small kernels of such a step one by one takes longer than they do. The first batch decides
    the shape; another one, such as the last of an epoch, goes the usual way.
    """

    def __init__(self, forward: Forward, device: torch.device) -> None:
        self._forward = forward
        self._is_replayed = device.type == "cuda"
        self._graph: Callable[[Tensor], Tensor] | None = None
        self._shape: torch.Size | None = None

    def __call__(self, x: Tensor) -> Tensor:
        if self._is_replayed and self._graph is None:
            self._graph, self._shape = self._capture(x), x.shape
        if self._graph and x.shape == self._shape:
            return self._graph(x).clone()  # the next replay writes into the same memory
        return self._forward(x)

    def _capture(self, x: Tensor) -> Callable[[Tensor], Tensor]:
        """Capturing runs the model a few times, which must not count for its batch statistics."""
        model = self._forward.model
        before = {name: value.clone() for name, value in model.named_buffers()}
        own = Forward(model, self._forward.precision)  # capturing replaces a module's `forward`
        graph = cast("Callable[[Tensor], Tensor]", torch.cuda.make_graphed_callables(own, (x.clone(),)))
        for name, value in model.named_buffers():
            value.copy_(before[name])
        return graph
