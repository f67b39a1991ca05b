"""Seconds to 99 % on MNIST's test images: the preset `quick` against the published recipe "99 % in 0.76 s on a GPU".

Both train in turn, each time in a process of its own, with another seed; median seconds, and mean test accuracy with
its standard deviation over the seeds. Imports and reading the files are not counted, for neither. The preset's seconds
hold its validation and all that it writes into its run folder; the rival does neither. On a GPU each process trains
twice and the second time counts.

The rival, written afresh after its description: T. Soininen, "Training a neural network on MNIST to 99 % in less than
one second", 2020, github.com/tuomaso/train_mnist_fast, notebook 8.
"""

import multiprocessing
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from benchmarks.table import Row, against
from digitlab.data import PartName
from digitlab.data.mnist import load_mnist
from digitlab.data.parts import join
from digitlab.jobs.recorder import Recorder
from digitlab.models import build_model, to_input
from digitlab.presets import find_preset
from digitlab.reading.predictor import evaluate
from digitlab.runs.run import Run
from digitlab.settings import Settings
from digitlab.training.devices import choose_device, keep_freed_memory
from digitlab.training.trainer import Trainer

_BATCH, _RATE = 256, 0.01

Measured = tuple[float, float]
"""Seconds, and test accuracy in 0..1."""


class Rival(nn.Module):
    """Two convolutions and two dense layers."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = nn.Conv2d(1, 24, 5), nn.Conv2d(24, 32, 3)
        self.hidden, self.last = nn.Linear(800, 256), nn.Linear(256, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = functional.relu(functional.max_pool2d(self.first(x), 2))
        x = functional.relu(functional.max_pool2d(self.second(x), 2))
        return functional.log_softmax(self.last(functional.relu(self.hidden(x.flatten(1)))), 1)


def rival(seed: int) -> Measured:
    """One epoch in the order of the files, plain float32."""
    device = choose_device("auto")
    folder = Settings.from_environment().data
    train = join([load_mnist(folder, part, 0.1) for part in (PartName.TRAIN, PartName.VALIDATION)]).to(device)
    images, labels = _normalised(train.images), train.labels

    def learn() -> nn.Module:
        torch.manual_seed(seed)
        model = Rival().to(device)
        optimizer = torch.optim.Adam(model.parameters(), lr=_RATE, betas=(0.7, 0.9))
        steps = -(-len(labels) // _BATCH)
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, _RATE, total_steps=steps, cycle_momentum=False)
        for x, y in zip(images.split(_BATCH), labels.split(_BATCH), strict=True):
            optimizer.zero_grad()
            functional.nll_loss(model(x), y).backward()
            optimizer.step()
            schedule.step()
        return model

    seconds, model = _timed(learn, device)
    test = load_mnist(folder, PartName.TEST, 0.1).to(device)
    with torch.inference_mode():
        right = model(_normalised(test.images)).argmax(1) == test.labels
    return seconds, right.double().mean().item()


def _normalised(images: Tensor) -> Tensor:
    return (to_input(images) - 0.1307) / 0.3081


def quick(seed: int) -> Measured:
    """The preset as a job trains it, with its run folder."""
    keep_freed_memory()
    config = find_preset("quick").config.replace(seed=seed)
    folder = Settings.from_environment().data
    train, held = (load_mnist(folder, part, config.validation_share) for part in (PartName.TRAIN, PartName.VALIDATION))

    def learn() -> nn.Module:
        recorder = Recorder(Run.create(Path(runs), config))
        model = build_model(config.model, config.dropout, seed)
        trainer = Trainer(model, train, held, config, recorder)
        recorder.start(trainer)
        trainer.run()
        model.load_state_dict(trainer.chosen_weights)
        return model

    with tempfile.TemporaryDirectory() as runs:
        seconds, model = _timed(learn, choose_device(config.device))
    return seconds, evaluate(model.cpu(), load_mnist(folder, PartName.TEST, 0.1)).accuracy


def _timed(learn: Callable[[], nn.Module], device: torch.device) -> tuple[float, nn.Module]:
    """Seconds that a training takes, and what it taught; on a GPU the second one, when its libraries are loaded."""
    if device.type == "cpu":
        began = time.perf_counter()
        model = learn()
        return time.perf_counter() - began, model
    learn()
    torch.get_device_module(device).synchronize()
    began = time.perf_counter()
    model = learn()
    torch.get_device_module(device).synchronize()
    return time.perf_counter() - began, model


def _alone(what: Callable[[int], Measured], seed: int) -> Measured:
    """In a process of its own, which nothing has warmed up or tuned."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        return pool.submit(what, seed).result()


def rows(seeds: int = 10) -> Iterator[Row]:
    """The preset against its rival, each seed in turn."""
    found: dict[str, list[Measured]] = {"rival": [], "quick": []}
    for seed in range(seeds):
        for name, what in (("rival", rival), ("quick", quick)):
            found[name].append(_alone(what, seed))
    ours, theirs = found["quick"], found["rival"]
    yield against(
        "preset `quick`, one epoch of MNIST, its validation and all that it writes down included",
        [one for one, _ in ours],
        [one for one, _ in theirs],
        f'"99 % in 0.76 s", {_accuracy(theirs)}',
        "≤ 0.25 and ≥ 99.0 %",
        note=f", {_accuracy(ours)}",
    )


def _accuracy(several: Sequence[Measured]) -> str:
    right = [100 * accuracy for _, accuracy in several]
    spread = f" ± {statistics.stdev(right):.2f}" if len(right) > 1 else ""
    return f"{statistics.mean(right):.2f}{spread} %"
