"""Small trainings for the tests of the loop."""

import io

import torch
from torch import Tensor

from digitlab.config import TrainConfig
from digitlab.training.trainer import EpochRecord, Hooks, Trainer

SOFTMAX = TrainConfig(model="softmax", epochs=3, batch_size=16, learning_rate=0.05, optimizer="sgd", device="cpu")
CNN = TrainConfig(
    model="cnn",
    epochs=2,
    batch_size=16,
    learning_rate=0.003,
    dropout=0.4,
    augmentation="elastic",
    weight_decay=0.1,
    device="cpu",
)
"""Both have 4 steps an epoch on 60 images: the last batch is a partial one."""


class Watch(Hooks):
    """Notes what happens; stops after a step if one is given."""

    def __init__(self, stop_after: int | None = None) -> None:
        self.stop_after = stop_after
        self.steps: list[int] = []
        self.rates: list[float] = []
        self.records: list[EpochRecord] = []

    def on_step(self, trainer: Trainer) -> None:
        self.steps.append(trainer.step)
        self.rates.append(trainer.optimizer.param_groups[0]["lr"])
        if trainer.step == self.stop_after:
            trainer.stop()

    def on_epoch(self, trainer: Trainer, record: EpochRecord) -> None:
        self.records.append(record)


def through_a_file(state: dict[str, object]) -> dict[str, object]:
    file = io.BytesIO()
    torch.save(state, file)
    file.seek(0)
    return torch.load(file, weights_only=True)


def same(one: dict[str, Tensor], other: dict[str, Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)
