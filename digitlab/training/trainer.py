"""The training loop: a model, data, a config and hooks go in; it knows no file and no screen.

The loop can be stopped after any step and continued exactly: `state_dict` holds everything that the rest depends on,
and on a CPU the continued training ends with the same weights, bit for bit, as one that was never stopped.
"""

import copy
import math
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from digitlab.config import TrainConfig
from digitlab.data.augment import augment
from digitlab.data.parts import Part, TrainingImages
from digitlab.errors import DigitlabError
from digitlab.models import compute_logits, has_convolutions, to_input
from digitlab.training.devices import choose_device, choose_precision
from digitlab.training.distillation import Distillation
from digitlab.training.forward import Forward, Replayed
from digitlab.training.objective import build_average, build_optimizer, compute_loss
from digitlab.training.schedule import distillation_round, learning_rate_at
from digitlab.training.tally import NotFinite, Tally

_AT_ONCE = 1000
"""Images that are made the model's input at once, which costs less than batch by batch."""

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


class Trainer:
    """One training under way.

    model: is trained in place. train, validation: at least one image each.
    teachers: networks from whose answers the epochs of distillation learn beside the model's own; never trained.
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
        teachers: Sequence[nn.Module] = (),
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
        self._parameters = list(self.model.parameters())
        self.average = build_average(self.model, config.weight_averaging)
        self._teachers = [one.to(self.device).to(memory_format=layout) for one in teachers]
        self.distillation: Distillation | None = None
        self.random = torch.Generator().manual_seed(config.seed)
        self._dropout_random = torch.Generator().manual_seed(config.seed).get_state()
        self.epoch = 0
        self.step_in_epoch = 0
        self.chosen_epoch = 0
        self.chosen_loss = math.inf
        self.chosen_weights = _copy_weights(self.model)
        self.seconds = 0.0
        self._tally = Tally()
        self._forward = Replayed(Forward(self.model, self.precision), self.device)
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
        """Mean over the images of the epoch under way; not a number before its first step. Raises Diverged."""
        with self._told():
            return self._tally.loss

    @property
    def training_accuracy(self) -> float:
        """Share of the digits of the epoch under way read right, in 0..1, or not a number. Raises Diverged."""
        with self._told():
            return self._tally.accuracy

    def take_recent(self) -> tuple[float, float]:
        """Mean loss and accuracy of the last full window of the epoch under way, see `Tally`."""
        return self._tally.take_recent()

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
        epochs = distillation_round(self.epoch, self.config)
        if epochs and self.epoch == epochs.start and not self.step_in_epoch:
            self._begin_distillation(epochs)
        self.model.train()
        for x, labels in self._batches(*self._shuffled()):
            self._run_step(x, labels)
            self.step_in_epoch += 1
            self.hooks.on_step(self)
            if self._stopping:
                break
        if self.step_in_epoch >= self.steps_per_epoch:  # more, when drawings were deleted while it was paused
            self._end_epoch()

    def _begin_distillation(self, epochs: range) -> Distillation:
        """Begin a round: go on from what was learned, with an optimizer and an average that know nothing of before.

        The average remembers a quarter of the steps to come at most, so that it does not lag behind them.
        """
        if self.average:
            self.model.load_state_dict(self.learned.state_dict())
        self.distillation = Distillation(self.model, self.precision, self._teachers)
        self.optimizer = build_optimizer(self.model, self.config)
        steps = self.steps_per_epoch * len(epochs)
        self.average = build_average(self.model, max(0.0, min(self.config.weight_averaging, 1 - 4 / steps)))
        return self.distillation

    def _batches(self, images: Tensor, labels: Tensor) -> Iterator[tuple[Tensor, Tensor]]:
        """The rest of the epoch as batches of what the model takes, and of labels."""
        size = self.config.batch_size
        several = max(1, _AT_ONCE // size) * size
        for start in range(self.step_in_epoch * size, len(labels), several):
            began = time.perf_counter()
            x, y = to_input(images[start : start + several]), labels[start : start + several]
            self._spend(time.perf_counter() - began)
            yield from zip(x.split(size), y.split(size), strict=True)

    def _shuffled(self) -> tuple[Tensor, Tensor]:
        """The training part in this epoch's order, which follows from seed and epoch alone."""
        began = time.perf_counter()
        order = torch.randperm(len(self.train), generator=_generator(self.config.seed, self.epoch)).to(self.device)
        part = self.train.of_epoch(self.epoch).to(self.device)
        self._spend(time.perf_counter() - began)
        return part.images.index_select(0, order), part.labels.index_select(0, order)  # whole rows, not numbers

    def _run_step(self, x: Tensor, labels: Tensor) -> None:
        began = time.perf_counter()
        for group in self.optimizer.param_groups:
            group["lr"] = self.learning_rate
        x = augment(x, self.config.augmentation, self.random)
        logits = self._forward(x)
        answers = self.distillation.answers(x, self.random) if self.distillation else None
        loss = compute_loss(logits, labels, self.config, answers)
        for parameter in self._parameters:  # as `zero_grad` does, without what it tells the profiler
            parameter.grad = None
        loss.backward()
        norm = self._gradient_norm() if self.step_in_epoch % _NORM_EVERY == 0 else None
        self.optimizer.step()
        if self.average:
            self.average.update_parameters(self.model)
        with self._told():
            self._tally.add(self.step + 1, loss, logits, labels, norm)
        self._spend(time.perf_counter() - began)

    def _gradient_norm(self) -> Tensor:
        return _norm([parameter.grad for parameter in self._parameters if parameter.grad is not None])

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Say of a loss that is not finite what to do about it."""
        try:
            yield
        except NotFinite as error:
            raise self._diverged(str(error), error.step) from error

    def _diverged(self, what: str, step: int) -> Diverged:
        return Diverged(
            f"{what} at step {step} of {self.steps}. The learning rate {self.config.learning_rate:g} is the likely "
            "cause: try a tenth of it."
        )

    def _spend(self, seconds: float) -> None:
        self._tally.spend(seconds)
        self.seconds += seconds

    def _end_epoch(self) -> None:
        rate = self.optimizer.param_groups[0]["lr"]
        began = time.perf_counter()
        with self._told():
            sums = self._tally.settle()
        loss, accuracy = self._validate()
        self._spend(time.perf_counter() - began)
        if not (math.isfinite(loss) and all(value.isfinite().all() for value in self.learned.state_dict().values())):
            raise self._diverged("The weights or the validation loss became infinite", self.step)
        self.epoch, self.step_in_epoch = self.epoch + 1, 0
        self._tally = Tally()
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
            weight_norm=_norm(list(self.learned.parameters())).item(),
            seconds=sums.seconds,
        )
        self.hooks.on_epoch(self, record)

    def _validate(self) -> tuple[float, float]:
        logits = compute_logits(self.learned, self.validation.images)
        labels = self.validation.labels.cpu()
        loss = functional.cross_entropy(logits, labels).item()
        return loss, (logits.argmax(1) == labels).double().mean().item()

    def state_dict(self) -> dict[str, Any]:
        """Everything that the rest of the training depends on; tensors, numbers and strings only. Raises Diverged."""
        with self._told():
            sums = self._tally.state_dict()
        return {
            "epoch": self.epoch,
            "step_in_epoch": self.step_in_epoch,
            "seconds": self.seconds,
            "sums": sums,
            "model": self.model.state_dict(),
            "average": self.average.state_dict() if self.average else {},
            "distillation": self.distillation.state_dict() if self.distillation else {},
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
        self.seconds = state["seconds"]
        self._tally.load_state_dict(state["sums"])
        epochs, former = distillation_round(self.epoch, self.config), state.get("distillation")  # 0.1 knew of none
        if epochs and former:
            self._begin_distillation(epochs).load_state_dict(former)
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


def _norm(tensors: list[Tensor]) -> Tensor:
    """The L2 norm of several tensors taken as one vector."""
    return torch.nn.utils.get_total_norm(tensors)


def _copy_weights(model: nn.Module) -> dict[str, Tensor]:
    return {name: value.detach().to("cpu", copy=True) for name, value in model.state_dict().items()}
