"""An epoch of the recipe that made the shipped `cnn`, against a plain loop with torchvision's transforms.

The rival sees the same images, rendered beforehand, through torchvision's random affine and elastic transforms (about
as strong as the recipe's), a `DataLoader` and the same network and optimizer in float32. Drawn from all training images
are so many that a repetition takes seconds; rendering is timed for a whole epoch as well.
"""

from collections.abc import Iterator
from functools import partial

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset
from torchvision.transforms import v2

from benchmarks.table import Row, against, alternate, median
from digitlab.config import TrainConfig
from digitlab.data.augment import augment
from digitlab.data.dataset import load_part
from digitlab.data.parts import NO_DIGIT, Part, TrainingImages
from digitlab.data.training_images import load_training
from digitlab.models import build_model, to_input
from digitlab.runs.listing import Catalogue
from digitlab.settings import Settings
from digitlab.training.trainer import Trainer

_MOST = 5000
"""MNIST images and drawings that are drawn; rendered several times each, the drawings make it about 8,000 images."""

_TRANSFORMS = v2.Compose(
    [
        v2.RandomAffine(degrees=12, translate=(0.03, 0.03), scale=(0.9, 1.1), shear=8.5),
        v2.ElasticTransform(alpha=20.0, sigma=5.0),
        v2.ToDtype(torch.float32, scale=True),
    ]
)


class Transformed(Dataset[tuple[Tensor, Tensor]]):
    """Images that are changed at random one by one, whenever they are asked for."""

    def __init__(self, part: Part) -> None:
        self.part = part

    def __len__(self) -> int:
        return len(self.part)

    def __getitem__(self, index: int) -> tuple[Tensor, Tensor]:
        return _TRANSFORMS(self.part.images[index][None]), self.part.labels[index]


def rows() -> Iterator[Row]:
    """Seconds an epoch, and what share of them goes into images that are never twice the same."""
    settings = Settings.from_environment()
    config = Catalogue(settings).find("cnn").config.replace(epochs=1)
    some = _images(config, settings, _MOST)
    held = load_part("mnist", "validation", settings.folders, config.validation_share)[:1]
    ours, theirs = alternate(
        partial(_digitlab_way, config, some, held), partial(_ordinary_way, config, some.of_epoch(0))
    )
    yield against(
        f"the recipe of `cnn`, an epoch of {len(some):,} images", ours, theirs, "torchvision's v2 transforms", "≤ 0.33"
    )
    whole = _images(config, settings, 0)
    rendering = median(lambda: whole.of_epoch(1))
    yield Row("rendering a whole epoch's ink", f"{rendering:.2g} s", f"{len(whole):,} images in all", goal="≤ 5 s")
    changing = median(lambda: _augment_all(some.of_epoch(1).images, config))
    epoch = sorted(ours)[len(ours) // 2]
    yield Row(
        "rendering and augmentation within that epoch",
        f"{changing:.2g} s",
        f"{epoch:.3g} s, the epoch",
        f"{changing / epoch:.2f}",
        "≤ 0.25",
    )


def _images(config: TrainConfig, settings: Settings, most: int) -> TrainingImages:
    return load_training(
        config.data,
        settings.folders,
        config.validation_share,
        fresh=True,
        non_digits=config.non_digits,
        most=most,
    )


def _augment_all(images: Tensor, config: TrainConfig) -> None:
    random = torch.Generator().manual_seed(0)
    for batch in images.split(config.batch_size):
        augment(to_input(batch), config.augmentation, random)


def _digitlab_way(config: TrainConfig, images: TrainingImages, held: Part) -> None:
    Trainer(build_model(config.model, config.dropout, 0), images, held, config).run()


def _ordinary_way(config: TrainConfig, part: Part) -> None:
    model = build_model(config.model, config.dropout, 0)
    optimizer = torch.optim.AdamW(model.parameters(), config.learning_rate, weight_decay=config.weight_decay)
    criterion = nn.CrossEntropyLoss(ignore_index=NO_DIGIT)
    model.train()
    for x, labels in DataLoader(Transformed(part), batch_size=config.batch_size, shuffle=True):
        optimizer.zero_grad()
        criterion(model(x), labels).backward()
        optimizer.step()
