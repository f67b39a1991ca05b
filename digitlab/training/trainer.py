"""The training loop: a model, data, a config and hooks go in; it knows no file and no screen.

The loop can be stopped after any step and continued exactly: `state_dict` holds everything that the rest depends on,
and on a CPU the continued training ends with the same weights, bit for bit, as one that was never stopped.
"""

import copy
import dataclasses
import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from digitlab.config import TrainConfig
from digitlab.data.augment import augment
from digitlab.data.parts import NO_DIGIT, Part, TrainingImages
from digitlab.errors import DigitlabError
from digitlab.models import compute_logits, has_convolutions, to_input
from digitlab.training.devices import choose_device, choose_precision
from digitlab.training.objective import build_average, build_optimizer, compute_loss
from digitlab.training.schedule import learning_rate_at

WINDOW = 1000
"""Images over which loss and accuracy are averaged within an epoch: always as many, so that all such points are equally
noisy, on a slow machine as on a fast one."""

_NORM_EVERY = 20
"""Steps between two looks at the gradient's norm, which costs a small model a fifth of a step."""

_FORMER = {"chosen_epoch": "best_epoch", "chosen_loss": "best_loss", "chosen_weights": "best_weights"}
"""Names in the state → what version 0.1 called them."""


class Diverged(DigitlabError):
    """The loss became infinite or not a number."""


@dataclass(frozen=True)
class EpochRecord:
    """What one epoch came to.

    Losses are mean cross-entropies in nats, accuracies in 0..1, seconds those of computing, validation included.
    """

    epoch: int
    step: int
    train_loss: float
    train_accuracy: float
    validation_loss: float
    validation_accuracy: float
    learning_rate: float
    gradient_norm: float
    """L2 norm of the gradient over all parameters: its mean over every 20th step."""
    weight_norm: float
    """L2 norm of all parameters at the epoch's end."""
    seconds: float


class Hooks:
    """What a caller can do on the way. Override what is needed; every hook is called between steps, never within."""

    def on_step(self, trainer: "Trainer") -> None:
        """After a step. May block (that is a pause) or call `trainer.stop()`."""

    def on_epoch(self, trainer: "Trainer", record: EpochRecord) -> None:
        """After an epoch and its validation."""


@dataclass
class _Sums:
    """Running sums of the epoch under way."""

    loss: float = 0.0
    correct: int = 0
    images: int = 0
    digits: int = 0
    seconds: float = 0.0
    gradient_norm: float = 0.0
    gradients: int = 0


class Trainer:
    """One training under way.

    model: is trained in place. train, validation: at least one image each.
    Order, augmentation and dropout follow from the config's seed; the model's fresh weights are the caller's, see
    `build_model`. torch's own generator is left as it was.
    After `run`, `chosen_weights` holds those of the epoch with the lowest validation loss, or of the last if the config
    says so.
    Raises BadConfig when the config names a device that is not there.
    """

    def __init__(
        self,
        model: nn.Module,
        train: TrainingImages,
        validation: Part,
        config: TrainConfig,
        hooks: Hooks | None = None,
    ) -> None:
        self.config = config
        self.hooks = hooks or Hooks()
        self.device = choose_device(config.device)
        self.precision = choose_precision(config.precision, model, self.device)
        layout = torch.channels_last if has_convolutions(model) else torch.contiguous_format
        self.model = model.to(self.device).to(memory_format=layout)
        self.train = train
        self.validation = validation.to(self.device)
        self.optimizer = build_optimizer(self.model, config)
        self.average = build_average(self.model, config)
        self.random = torch.Generator().manual_seed(config.seed)
        self._dropout_random = torch.Generator().manual_seed(config.seed).get_state()
        self.epoch = 0
        self.step_in_epoch = 0
        self.loss = math.nan
        self.chosen_epoch = 0
        self.chosen_loss = math.inf
        self.chosen_weights = _copy_weights(self.model)
        self.seconds = 0.0
        self._sums = _Sums()
        self._window_start = _Sums()
        self._recent = (math.nan, math.nan)
        self._stopping = False
        self._running = False

    @property
    def steps_per_epoch(self) -> int:
        return math.ceil(len(self.train) / self.config.batch_size)

    @property
    def steps(self) -> int:
        """Of the whole training."""
        return self.steps_per_epoch * self.config.epochs

    @property
    def step(self) -> int:
        """Steps done since the training began."""
        return self.epoch * self.steps_per_epoch + self.step_in_epoch

    @property
    def finished(self) -> bool:
        return self.epoch >= self.config.epochs

    @property
    def training_loss(self) -> float:
        """Mean over the images of the epoch under way; not a number before its first step."""
        return self._sums.loss / self._sums.images if self._sums.images else math.nan

    @property
    def training_accuracy(self) -> float:
        """Share of the digits of the epoch under way that were read right, in 0..1, or not a number."""
        return self._sums.correct / self._sums.digits if self._sums.digits else math.nan

    def take_recent(self) -> tuple[float, float]:
        """Mean loss and accuracy of the last full window of the epoch under way: the steps that held 1,000 images, or
        of the one step that held more. Not numbers when none was filled since this was last asked for."""
        recent, self._recent = self._recent, (math.nan, math.nan)
        return recent

    def _watch_window(self) -> None:
        """Close the window when it is full."""
        sums, start = self._sums, self._window_start
        images, digits = sums.images - start.images, sums.digits - start.digits
        if images >= WINDOW and digits:
            self._recent = ((sums.loss - start.loss) / images, (sums.correct - start.correct) / digits)
            self._begin_window()

    def _begin_window(self) -> None:
        self._window_start = dataclasses.replace(self._sums)

    @property
    def learning_rate(self) -> float:
        return learning_rate_at(self.step, self.steps, self.config)

    @property
    def learned(self) -> nn.Module:
        """What the training has come to: the model, or the running average of its weights."""
        return self.average.module if self.average else self.model

    @property
    def stopping(self) -> bool:
        return self._stopping

    def stop(self) -> None:
        """End `run` after the step under way."""
        self._stopping = True

    def run(self) -> None:
        """Train to the last epoch, or until stopped. Raises Diverged when the loss is no longer finite."""
        self._stopping = False
        with self._own_randomness():
            while not self.finished and not self._stopping:
                self._run_epoch()

    @contextmanager
    def _own_randomness(self) -> Iterator[None]:
        """Dropout draws from torch's own generator: it gets this training's state, and its former one afterwards."""
        outside = torch.get_rng_state()
        torch.set_rng_state(self._dropout_random)
        if self.device.type != "cpu" and not self.step:
            torch.get_device_module(self.device).manual_seed(self.config.seed)
        self._running = True
        try:
            yield
        finally:
            self._running = False
            self._dropout_random = torch.get_rng_state()
            torch.set_rng_state(outside)

    def _run_epoch(self) -> None:
        images, labels = self._shuffled()
        self.model.train()
        while self.step_in_epoch < self.steps_per_epoch and not self._stopping:
            start = self.step_in_epoch * self.config.batch_size
            batch = slice(start, start + self.config.batch_size)
            self._run_step(images[batch], labels[batch])
            self.step_in_epoch += 1
            self.hooks.on_step(self)
        if self.step_in_epoch >= self.steps_per_epoch:  # more, when drawings were deleted while it was paused
            self._end_epoch()

    def _shuffled(self) -> tuple[Tensor, Tensor]:
        """The training part in this epoch's order, which follows from seed and epoch alone."""
        began = time.perf_counter()
        order = torch.randperm(len(self.train), generator=_generator(self.config.seed, self.epoch)).to(self.device)
        part = self.train.of_epoch(self.epoch).to(self.device)
        self._spend(time.perf_counter() - began)
        return part.images[order], part.labels[order]

    def _run_step(self, images: Tensor, labels: Tensor) -> None:
        began = time.perf_counter()
        for group in self.optimizer.param_groups:
            group["lr"] = self.learning_rate
        x = augment(to_input(images), self.config.augmentation, self.random)
        with torch.autocast(self.device.type, self.precision, enabled=self.precision != torch.float32):
            logits = self.model(x)
        loss = compute_loss(logits.float(), labels, self.config)
        self.loss = loss.item()
        if not math.isfinite(self.loss):
            raise self._diverged(f"The loss became {self.loss}")
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        if self.step_in_epoch % _NORM_EVERY == 0:
            self._sums.gradient_norm += _norm([p.grad for p in self.model.parameters() if p.grad is not None])
            self._sums.gradients += 1
        self.optimizer.step()
        if self.average:
            self.average.update_parameters(self.model)
        self._sums.loss += self.loss * len(labels)
        self._sums.correct += int((logits.detach().argmax(1) == labels).sum())
        self._sums.images += len(labels)
        self._sums.digits += int((labels != NO_DIGIT).sum()) if self.config.non_digits else len(labels)
        self._watch_window()
        self._spend(time.perf_counter() - began)

    def _diverged(self, what: str) -> Diverged:
        step = min(self.step + 1, self.steps)
        return Diverged(
            f"{what} at step {step} of {self.steps}. The learning rate {self.config.learning_rate:g} is the likely "
            "cause: try a tenth of it."
        )

    def _spend(self, seconds: float) -> None:
        self._sums.seconds += seconds
        self.seconds += seconds

    def _end_epoch(self) -> None:
        sums, rate = self._sums, self.optimizer.param_groups[0]["lr"]
        began = time.perf_counter()
        loss, accuracy = self._validate()
        self._spend(time.perf_counter() - began)
        if not (math.isfinite(loss) and all(value.isfinite().all() for value in self.learned.state_dict().values())):
            raise self._diverged("The weights or the validation loss became infinite")
        self.epoch, self.step_in_epoch, self._sums = self.epoch + 1, 0, _Sums()
        self._begin_window()
        self.take_recent()
        if loss < self.chosen_loss or self.config.keep == "last":
            self.chosen_loss, self.chosen_epoch, self.chosen_weights = loss, self.epoch, _copy_weights(self.learned)
        record = EpochRecord(
            epoch=self.epoch,
            step=self.step,
            train_loss=sums.loss / sums.images,
            train_accuracy=sums.correct / max(1, sums.digits),
            validation_loss=loss,
            validation_accuracy=accuracy,
            learning_rate=rate,
            gradient_norm=sums.gradient_norm / sums.gradients,
            weight_norm=_norm(list(self.learned.parameters())),
            seconds=sums.seconds,
        )
        self.hooks.on_epoch(self, record)

    def _validate(self) -> tuple[float, float]:
        logits = compute_logits(self.learned, self.validation.images)
        labels = self.validation.labels.cpu()
        loss = functional.cross_entropy(logits, labels).item()
        return loss, (logits.argmax(1) == labels).double().mean().item()

    def state_dict(self) -> dict[str, Any]:
        """Everything that the rest of the training depends on; tensors, numbers and strings only."""
        return {
            "epoch": self.epoch,
            "step_in_epoch": self.step_in_epoch,
            "seconds": self.seconds,
            "sums": dict(vars(self._sums)),
            "model": self.model.state_dict(),
            "average": self.average.state_dict() if self.average else {},
            "optimizer": self.optimizer.state_dict(),
            "random": self.random.get_state(),
            "torch_random": torch.get_rng_state() if self._running else self._dropout_random,
            "chosen_epoch": self.chosen_epoch,
            "chosen_loss": self.chosen_loss,
            "chosen_weights": self.chosen_weights,
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from a state of the same model, data and config."""
        self.epoch, self.step_in_epoch = state["epoch"], state["step_in_epoch"]
        self.seconds, self._sums = state["seconds"], _Sums(**state["sums"])
        self._begin_window()  # what came before may be reported already
        self.model.load_state_dict(state["model"])
        if self.average:
            self.average.load_state_dict(state["average"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.random.set_state(state["random"])
        self._dropout_random = state["torch_random"]
        chosen = {key: state[key] if key in state else state[former] for key, former in _FORMER.items()}
        self.chosen_epoch, self.chosen_loss = chosen["chosen_epoch"], chosen["chosen_loss"]
        self.chosen_weights = copy.deepcopy(chosen["chosen_weights"])


def _generator(seed: int, epoch: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed * 1_000_003 + epoch)


def _norm(tensors: list[Tensor]) -> float:
    """The L2 norm of several tensors taken as one vector."""
    return torch.nn.utils.get_total_norm(tensors).item()


def _copy_weights(model: nn.Module) -> dict[str, Tensor]:
    return {name: value.detach().to("cpu", copy=True) for name, value in model.state_dict().items()}
