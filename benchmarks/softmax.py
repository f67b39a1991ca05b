"""Softmax regression by the published recipe: digitlab's trainer against the ordinary torchvision `DataLoader` loop.

Both run in turn in one process, with the same model, optimizer, batch size and images (all 60,000 of MNIST's training
half). Neither validates. The arithmetic is the same; first weights and order of the images are not.
"""

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import torch
from torch import nn
from torch.utils.data import DataLoader
from torchvision import transforms
from torchvision.datasets import MNIST

from benchmarks.table import REPEATS, Row, against
from digitlab.config import TrainConfig
from digitlab.data import PartName
from digitlab.data.mnist import load_mnist
from digitlab.data.parts import Part, join
from digitlab.models import Normalize, build_model
from digitlab.presets import find_preset
from digitlab.reading.predictor import evaluate
from digitlab.settings import Settings
from digitlab.training.trainer import Trainer


class WithoutNormalize(nn.Module):
    """A model whose images come normalised from the loader, as the ordinary loop has them."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model
        self.model.normalize = nn.Identity()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.model(x)


def rows() -> Iterator[Row]:
    """A line of seconds, with the mean accuracies on the 10,000 test images."""
    folder = Settings.from_environment().data
    train = join([load_mnist(folder, part, 0.1) for part in (PartName.TRAIN, PartName.VALIDATION)])
    test = load_mnist(folder, PartName.TEST, 0.1)
    learned: dict[str, list[float]] = {"ours": [], "theirs": []}

    def measure(whose: str, learn: Callable[[], nn.Module]) -> float:
        began = time.perf_counter()
        model = learn()
        taken = time.perf_counter() - began
        learned[whose].append(100 * evaluate(model, test).accuracy)
        return taken

    with tempfile.TemporaryDirectory() as scratch:
        images = open_ordinary(folder, Path(scratch))
        seeded = [find_preset("published-softmax").config.replace(seed=seed) for seed in range(REPEATS)]
        pairs = [
            (measure("ours", partial(digitlab_way, one, train)), measure("theirs", partial(ordinary_way, one, images)))
            for one in seeded
        ]
    right, usual = (f"{statistics.mean(found):.2f} %" for found in learned.values())
    ours, theirs = zip(*pairs, strict=True)
    yield against(
        "`softmax`, ten epochs of all 60,000 images in batches of 100",
        ours,
        theirs,
        f"torchvision and `DataLoader`, {usual}",
        "≤ 0.05",
        note=f", {right}",
    )


def digitlab_way(config: TrainConfig, train: Part) -> nn.Module:
    """As `digitlab train` does it; validation is one image."""
    one_image = train.select(torch.tensor([0]))
    trainer = Trainer(build_model(config.model, config.dropout), train, one_image, config)
    trainer.run()
    return trainer.learned


def ordinary_way(config: TrainConfig, images: MNIST) -> nn.Module:
    """As torchvision's documentation and most tutorials do it."""
    model = WithoutNormalize(build_model(config.model, config.dropout))
    optimizer = torch.optim.SGD(model.parameters(), config.learning_rate, config.momentum)
    criterion = nn.CrossEntropyLoss()
    model.train()
    loader = DataLoader(images, batch_size=config.batch_size, shuffle=True)
    for _ in range(config.epochs):
        for x, labels in loader:
            optimizer.zero_grad()
            criterion(model(x), labels).backward()
            optimizer.step()
    model.model.normalize = Normalize()
    return model.model


def open_ordinary(folder: Path, scratch: Path) -> MNIST:
    """MNIST as a torchvision data set; unpacked in a folder of its own, as the data folder may be read-only."""
    raw = scratch / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for file in (folder.resolve() / "MNIST" / "raw").glob("*.gz"):
        (raw / file.name).symlink_to(file)
    prepare = transforms.Compose([transforms.ToTensor(), transforms.Normalize((0.1307,), (0.3081,))])
    return MNIST(str(scratch), train=True, download=True, transform=prepare)
