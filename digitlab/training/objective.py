"""What a training minimises, what follows its slope, and the running average of where that leads."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from digitlab.config import TrainConfig
from digitlab.data.parts import NO_DIGIT

_ANSWERS = 0.7
"""Share of the loss that is measured against a model's former answers, where there are such."""


def compute_loss(logits: Tensor, labels: Tensor, config: TrainConfig, answers: Tensor | None = None) -> Tensor:
    """Mean cross-entropy in nats; where there is no digit, against all ten being equally likely.

    logits: `float32` of shape (N, 10). labels: shape (N,), 0 to 9 or NO_DIGIT. answers: probabilities of shape (N, 10)
    that count for seven tenths of the loss.
    """
    if answers is None:
        return _loss_by_labels(logits, labels, config)
    by_answers = functional.cross_entropy(logits, answers)
    return _ANSWERS * by_answers + (1 - _ANSWERS) * _loss_by_labels(logits, labels, config)


def _loss_by_labels(logits: Tensor, labels: Tensor, config: TrainConfig) -> Tensor:
    smoothing = config.label_smoothing
    if not config.non_digits:
        return functional.cross_entropy(logits, labels, label_smoothing=smoothing)
    digits = functional.cross_entropy(logits, labels, ignore_index=NO_DIGIT, label_smoothing=smoothing, reduction="sum")
    others = -functional.log_softmax(logits[labels == NO_DIGIT], 1).mean(1).sum()
    return (digits + others) / len(labels)


def image_losses(logits: Tensor, labels: Tensor) -> Tensor:
    """The plain cross-entropy of each image in nats, without label smoothing: what a curve shows.

    logits, labels: as for `compute_loss`. Returns shape (N,).
    """
    logs = functional.log_softmax(logits, 1)
    of_digit = -logs.gather(1, labels.clamp(min=0)[:, None])[:, 0]
    return torch.where(labels == NO_DIGIT, -logs.mean(1), of_digit)


def build_average(model: nn.Module, longest: float) -> AveragedModel | None:
    """A running average of weights and batch statistics (B. Polyak, A. Juditsky, SIAM J. Control Optim. 30(4), 1992).

    Exponential, with a shorter memory at the start, so that it soon forgets the weights that it began with.
    longest: the largest share of it that a step keeps, in 0..1; 0 gives None.
    """
    if not longest:
        return None

    def average(averaged: Sequence[Tensor], now: Sequence[Tensor], steps: Tensor | int) -> None:
        share = min(longest, (1 + int(steps)) / (10 + int(steps)))
        get_ema_multi_avg_fn(share)(averaged, now, steps)

    return AveragedModel(model, multi_avg_fn=average, use_buffers=True)


def build_optimizer(model: nn.Module, config: TrainConfig) -> torch.optim.Optimizer:
    """The optimizer of a config, over all parameters of a model; fused, all parameters in one call."""
    parameters, rate, decay = model.parameters(), config.learning_rate, config.weight_decay
    if config.optimizer == "sgd":
        return torch.optim.SGD(parameters, rate, momentum=config.momentum, weight_decay=decay, fused=True)
    kind = torch.optim.AdamW if config.optimizer == "adamw" else torch.optim.Adam
    return kind(parameters, rate, weight_decay=decay, fused=True)
