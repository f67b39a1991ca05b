"""Seconds that one epoch takes: digitlab's trainer against the ordinary torchvision `DataLoader` loop.

`python -m benchmarks.epoch [REPEATS]`: both run in turn in this process, with the same model, optimizer, batch size
and images (all 60,000 of MNIST's training half). Neither validates.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
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
from digitlab.models import build_model
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


def digitlab_epoch(config: TrainConfig, train: Part) -> None:
    """As `python -m digitlab train` does it."""
    one_image = train.select(torch.tensor([0]))
    Trainer(build_model(config.model, config.dropout), train, one_image, config).run()


def ordinary_epoch(config: TrainConfig, images: MNIST) -> None:
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


def seconds(work: Callable[[], None]) -> float:
    """How long something takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def open_ordinary(folder: Path, scratch: Path) -> MNIST:
    """MNIST as a torchvision data set; unpacked in a folder of its own, as the data folder may be read-only."""
    raw = scratch / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for file in (folder.resolve() / "MNIST" / "raw").glob("*.gz"):
        (raw / file.name).symlink_to(file)
    prepare = transforms.Compose([transforms.ToTensor(), transforms.Normalize((0.1307,), (0.3081,))])
    return MNIST(str(scratch), train=True, download=True, transform=prepare)


def compare(config: TrainConfig, train: Part, images: MNIST, repeats: int) -> str:
    """A line of the table: median seconds of both, interleaved, and their ratio."""
    ours, theirs = [], []
    for _ in range(repeats):
        ours.append(seconds(lambda: digitlab_epoch(config, train)))
        theirs.append(seconds(lambda: ordinary_epoch(config, images)))
    fast, slow = statistics.median(ours), statistics.median(theirs)
    return f"{config.model:<10}{config.batch_size:>6}{fast:>12.2f}{slow:>14.2f}{slow / fast:>9.1f}×"


def main(repeats: int) -> None:
    """Print the table."""
    folder = Settings.from_environment().data
    train = join([load_mnist(folder, part, 0.1) for part in (PartName.TRAIN, PartName.VALIDATION)])
    print(f"one epoch of {len(train):,} images, median of {repeats}, {torch.get_num_threads()} threads, seconds")
    print(f"{'model':<10}{'batch':>6}{'digitlab':>12}{'DataLoader':>14}{'ratio':>10}")
    with tempfile.TemporaryDirectory() as scratch:
        images = open_ordinary(folder, Path(scratch))
        for config in CONFIGS:
            print(compare(config, train, images, repeats), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
