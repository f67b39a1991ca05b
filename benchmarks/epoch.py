"""Seconds that one epoch takes: digitlab's trainer against the ordinary torchvision `DataLoader` loop.

`python -m benchmarks.epoch [REPEATS]` (default 5): both run in turn in this process, with the same model, optimizer,
batch size and images (all 60,000 of MNIST's training half). Neither validates. The last columns are the mean accuracies
on the 10,000 test images after that epoch: the arithmetic is the same, and first weights and order of the images are
not.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import torch
from torch import nn
from torch.utils.data import DataLoader
from torchvision import transforms
from torchvision.datasets import MNIST

from digitlab.config import Settings, TrainConfig
from digitlab.data import PartName
from digitlab.data.mnist import load_mnist
from digitlab.data.parts import Part, join
from digitlab.models import Normalize, build_model
from digitlab.reading.predictor import evaluate
from digitlab.training.devices import keep_freed_memory
from digitlab.training.trainer import Trainer

CONFIGS = (
    TrainConfig(model="softmax", epochs=1, batch_size=100, learning_rate=0.01, optimizer="sgd", schedule="constant"),
    TrainConfig(model="cnn", epochs=1, batch_size=128, learning_rate=0.001, optimizer="adam", schedule="constant"),
)


class WithoutNormalize(nn.Module):
    """A model whose images come normalised from the loader, as the ordinary loop has them."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model
        self.model.normalize = nn.Identity()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.model(x)


def digitlab_epoch(config: TrainConfig, train: Part) -> nn.Module:
    """As `python -m digitlab train` does it."""
    one_image = train.select(torch.tensor([0]))
    trainer = Trainer(build_model(config.model, config.dropout), train, one_image, config)
    trainer.run()
    return trainer.learned


def ordinary_epoch(config: TrainConfig, images: MNIST) -> nn.Module:
    """As torchvision's documentation and most tutorials do it."""
    model = WithoutNormalize(build_model(config.model, config.dropout))
    if config.optimizer == "sgd":
        optimizer: torch.optim.Optimizer = torch.optim.SGD(model.parameters(), config.learning_rate, config.momentum)
    else:
        optimizer = torch.optim.Adam(model.parameters(), config.learning_rate)
    criterion = nn.CrossEntropyLoss()
    model.train()
    for x, labels in DataLoader(images, batch_size=config.batch_size, shuffle=True):
        optimizer.zero_grad()
        criterion(model(x), labels).backward()
        optimizer.step()
    model.model.normalize = Normalize()
    return model.model


def measure(learn: Callable[[], nn.Module], test: Part) -> tuple[float, float]:
    """Seconds that a training takes, and its accuracy in percent."""
    began = time.perf_counter()
    model = learn()
    seconds = time.perf_counter() - began
    return seconds, 100 * evaluate(model, test).accuracy


def open_ordinary(folder: Path, scratch: Path) -> MNIST:
    """MNIST as a torchvision data set; unpacked in a folder of its own, as the data folder may be read-only."""
    raw = scratch / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for file in (folder.resolve() / "MNIST" / "raw").glob("*.gz"):
        (raw / file.name).symlink_to(file)
    prepare = transforms.Compose([transforms.ToTensor(), transforms.Normalize((0.1307,), (0.3081,))])
    return MNIST(str(scratch), train=True, download=True, transform=prepare)


def compare(config: TrainConfig, train: Part, test: Part, images: MNIST, repeats: int) -> str:
    """A line of the table: median seconds of both, interleaved, their ratio, and their accuracies."""
    ours, theirs = [], []
    for seed in range(repeats):
        seeded = config.replace(seed=seed)
        ours.append(measure(partial(digitlab_epoch, seeded, train), test))
        theirs.append(measure(partial(ordinary_epoch, seeded, images), test))
    fast, slow = (statistics.median(seconds for seconds, _ in several) for several in (ours, theirs))
    right, usual = (statistics.mean(accuracy for _, accuracy in several) for several in (ours, theirs))
    return (
        f"{config.model:<10}{config.batch_size:>6}{fast:>12.2f}{slow:>14.2f}{slow / fast:>9.1f}×{right:>10.2f} %"
        f"{usual:>8.2f} %"
    )


def main(repeats: int) -> None:
    """Print the table."""
    keep_freed_memory()
    folder = Settings.from_environment().data
    train = join([load_mnist(folder, part, 0.1) for part in (PartName.TRAIN, PartName.VALIDATION)])
    test = load_mnist(folder, PartName.TEST, 0.1)
    print(f"one epoch of {len(train):,} images, median of {repeats}, {torch.get_num_threads()} threads, seconds")
    print(f"{'model':<10}{'batch':>6}{'digitlab':>12}{'DataLoader':>14}{'ratio':>10}{'digitlab':>12}{'DataLoader':>11}")
    with tempfile.TemporaryDirectory() as scratch:
        images = open_ordinary(folder, Path(scratch))
        for config in CONFIGS:
            print(compare(config, train, test, images, repeats), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
