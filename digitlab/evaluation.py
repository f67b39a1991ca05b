"""A model's scores on images, and the metrics computed from them by scikit-learn and SciPy."""

from dataclasses import dataclass

import numpy as np
import torch
from scipy.stats import binomtest
from sklearn.metrics import accuracy_score, log_loss, recall_score
from torch import Tensor, nn

from digitlab.models import CLASSES, to_input

_BATCH = 1000


def compute_logits(model: nn.Module, images: Tensor) -> Tensor:
    """The model's logits for images, in float32.

    images: `uint8` of shape (N, 28, 28), on the model's device. Returns shape (N, 10), on the CPU.
    The model is left in the mode (training or evaluation) that it was in.
    """
    was_training = model.training
    if was_training:  # set only when needed: a model shared by threads is not touched while others read with it
        model.eval()
    with torch.inference_mode():
        batches = [model(to_input(batch)).float().cpu() for batch in images.split(_BATCH)]
    if was_training:
        model.train()
    return torch.cat(batches) if batches else torch.empty(0, CLASSES)


def to_probabilities(logits: np.ndarray) -> np.ndarray:
    """Softmax over the last axis, as `float64`."""
    return torch.softmax(torch.as_tensor(logits, dtype=torch.float64), -1).numpy()


@dataclass(frozen=True)
class Summary:
    """How well scores fit their labels. Accuracies are in 0..1, the loss is the mean cross-entropy in nats."""

    images: int
    mistakes: int
    accuracy: float
    interval: tuple[float, float]
    """The accuracy's 95 % confidence interval (E. B. Wilson, 1927)."""
    loss: float
    per_class: dict[int, float]
    """Digit → share of its images that were read right (recall); digits without an image are left out."""


def summarize(logits: np.ndarray, labels: np.ndarray) -> Summary:
    """Metrics of scores of shape (N, 10) with N ≥ 1 against labels of shape (N,)."""
    predicted = logits.argmax(1)
    correct = int((predicted == labels).sum())
    interval = binomtest(correct, len(labels)).proportion_ci(0.95, method="wilson")
    present = np.unique(labels)
    recalls = recall_score(labels, predicted, labels=present, average=None, zero_division=0)
    return Summary(
        images=len(labels),
        mistakes=len(labels) - correct,
        accuracy=float(accuracy_score(labels, predicted)),
        interval=(float(interval.low), float(interval.high)),
        loss=float(log_loss(labels, to_probabilities(logits), labels=list(range(CLASSES)))),
        per_class={int(digit): float(recall) for digit, recall in zip(present, recalls, strict=True)},
    )
