"""A run's model as one network that needs nothing of digitlab: grey values in, calibrated probabilities out."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from digitlab import __version__
from digitlab.image import SIDE
from digitlab.models import for_reading, to_input
from digitlab.runs.run import Run
from digitlab.runs.scores import read_doubt
from digitlab.runs.weights import model_of

INPUT, OUTPUT = "images", "probabilities"
"""What the exported network calls what it takes and gives."""


class CalibratedNetwork(nn.Module):
    """A model with all that stands around it: scaling before it, temperature and softmax behind it.

    Takes images, `uint8` of shape (N, 28, 28): white ink (255) on black (0), a digit as `image.prepare` centres it.
    Gives `float32` of shape (N, 10): a probability for each digit, as `Predictor` gives it but for rounding.
    """

    def __init__(self, model: nn.Module, temperature: float) -> None:
        super().__init__()
        self.model = model
        self.temperature = temperature

    def forward(self, images: Tensor) -> Tensor:
        return torch.softmax(self.model(to_input(images)) / self.temperature, 1)


@dataclass(frozen=True)
class Exportable:
    """A network in evaluation mode, and what a file says of it: name → text."""

    network: CalibratedNetwork
    facts: dict[str, str]


def load_exportable(run: Run) -> Exportable:
    """The network of a run's weights. Raises BadRun when weights, config or results are missing, damaged or foreign."""
    doubt = read_doubt(run)
    facts = {
        "model": run.id,
        "architecture": run.config.model,
        "digitlab": __version__,
        "temperature": repr(doubt.temperature),
        "threshold": repr(doubt.threshold),
    }
    network = CalibratedNetwork(for_reading(model_of(run)), doubt.temperature).eval()
    network.requires_grad_(False)  # so that answers of a traced network are plain tensors
    return Exportable(network, facts)


def example_images() -> Tensor:
    """Two images to trace with, `uint8` of shape (2, 28, 28): of a single one, exporters take N for the constant 1."""
    return torch.arange(2 * SIDE * SIDE).remainder(256).to(torch.uint8).reshape(2, SIDE, SIDE)
