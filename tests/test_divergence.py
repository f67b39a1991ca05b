from contextlib import suppress

import torch

from digitlab.config import TrainConfig
from digitlab.data.parts import Part
from digitlab.models import build_model
from digitlab.training import Diverged, Trainer


def noise(count: int, seed: int) -> Part:
    random = torch.Generator().manual_seed(seed)
    images = torch.randint(0, 256, (count, 28, 28), generator=random).to(torch.uint8)
    return Part(images, torch.randint(0, 10, (count,), generator=random))


def test_the_best_weights_of_a_diverging_training_are_finite() -> None:
    config = TrainConfig(
        model="cnn", epochs=3, batch_size=32, optimizer="sgd", learning_rate=100.0, schedule="constant",
        precision="float32",
    )  # fmt: skip
    trainer = Trainer(build_model("cnn"), noise(1200, 0), noise(50, 1), config)
    with suppress(Diverged):  # batch normalisation keeps the loss finite for a while
        trainer.run()
    assert all(value.isfinite().all() for value in trainer.best_weights.values())
