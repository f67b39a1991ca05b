"""Through the epochs: what a run would have read in a drawing after each epoch of its training, from its snapshots."""

import threading
from collections import OrderedDict
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import torch
from torch import nn

from digitlab.errors import BadRun, DigitlabError
from digitlab.image import SIDE
from digitlab.metrics.predictions import to_probabilities
from digitlab.models import build_model, compute_logits, for_reading
from digitlab.reading.live import Readers, Readings, Seen, view
from digitlab.reading.predictor import Predictor, Reading
from digitlab.runs.weights import load_weights, spread

MOST_EPOCHS = 41
"""Of a run, as in the film of its weights; of a longer training every second, third, … is shown."""

MOST_OPERATIONS = 600e6
"""Multiplications and additions of an answer, some 60 ms on one core; the models that are asked share them."""

_MOST_BYTES = 96_000_000
"""Of networks that are kept in memory."""

_FEWEST = 2
"""Epochs of a model beside the chosen one, however large it is."""

Stamp = tuple[int, int]


@dataclass(frozen=True)
class EpochReadings:
    """What a run reads in a drawing through its epochs.

    epochs: rising; only the chosen one where there are no snapshots. probabilities: `float32` of shape (epochs, 10), at
    the run's own temperature, which was fitted at the chosen epoch; None while nothing is drawn. chosen: the epoch
    whose weights the run reads with; its row is exactly what the run's own reader says. of: how many epochs there
    are, some of which are left out where there are many. stamp: changes with the files.
    """

    epochs: Sequence[int]
    probabilities: np.ndarray | None
    chosen: int
    of: int
    stamp: str


@dataclass(frozen=True)
class _Past:
    """A run's epochs: the snapshot of each; that of the chosen one stands for its weights, which are not rounded."""

    reader: Predictor
    chosen: int
    snapshots: Mapping[int, Path]

    @property
    def stamp(self) -> str:
        """Changes when the weights or the number of snapshots do."""
        written, size = _stamp_of(self.reader.run.weights)
        return f"{written:x}-{size:x}-{len(self.snapshots)}"


@view("epochs", slow=True)
def epochs(
    seen: Seen, readers: Readers
) -> Generator[np.ndarray, Readings, Mapping[str, EpochReadings | DigitlabError]]:
    """Model → its ten probabilities through its epochs, or why it has none."""
    image = seen.image
    now: Readings = {} if image is None else (yield image[None])
    pasts: dict[str, _Past] = {}
    found: dict[str, EpochReadings | DigitlabError] = {}
    for model, reader in readers.items():
        try:
            pasts[model] = _past(reader)
        except DigitlabError as error:
            found[model] = error
    for model, most in _shares(pasts).items():
        try:
            found[model] = _readings(pasts[model], most, image, now.get(model))
        except DigitlabError as error:
            found[model] = error
    return {model: found[model] for model in readers}


def _past(reader: Predictor | DigitlabError) -> _Past:
    """Raises what the reader is where it is an error, and BadRun when the run's status is damaged."""
    if isinstance(reader, DigitlabError):
        raise reader
    run, chosen = reader.run, reader.run.status.chosen_epoch
    snapshots = {int(path.stem): path for path in run.snapshots}
    return _Past(reader, chosen, dict(sorted({**snapshots, chosen: run.weights}.items())))


def _shares(pasts: Mapping[str, _Past]) -> dict[str, int]:
    """How many epochs of each model can be read in time; what a small one leaves is for the larger ones.

    The chosen epoch, which the reader itself has read, counts as none.
    """
    left, shares = MOST_OPERATIONS, {}
    costs = {model: operations(past.reader.architecture) for model, past in pasts.items()}
    wanted = {model: min(len(past.snapshots), MOST_EPOCHS) - 1 for model, past in pasts.items()}
    waiting = sorted(pasts, key=lambda model: costs[model] * wanted[model])
    for index, model in enumerate(waiting):
        affordable = int(left / (len(waiting) - index) // costs[model])
        others = min(wanted[model], max(_FEWEST, affordable))
        shares[model] = others + 1
        left = max(0.0, left - costs[model] * others)
    return shares


@cache
def operations(architecture: str) -> int:
    """Multiplications and additions of the convolutions and dense layers that read one image."""
    model, counts = build_model(architecture, seed=0).eval(), [1]
    for layer in model.modules():
        if isinstance(layer, nn.Conv2d | nn.Linear):
            per_value = 2 * layer.weight[0].numel()
            layer.register_forward_hook(lambda _, __, made, per=per_value: counts.append(per * made.numel()))
    with torch.inference_mode():
        model(torch.zeros(1, 1, SIDE, SIDE))
    return sum(counts)


def _readings(
    past: _Past, most: int, image: np.ndarray | None, now: Sequence[Reading] | DigitlabError | None
) -> EpochReadings:
    if isinstance(now, DigitlabError):
        raise now
    shown = spread(list(past.snapshots), most, [past.chosen])
    rows = None
    if image is not None and now is not None:
        batch = torch.tensor(image)[None]
        logits = [
            compute_logits(_networks.get(past.snapshots[epoch], past.reader.architecture), batch)[0].numpy()
            for epoch in shown
            if epoch != past.chosen
        ]
        others = iter(to_probabilities(np.stack(logits) / past.reader.doubt.temperature) if logits else ())
        own = now[0].probabilities
        rows = np.stack([own if epoch == past.chosen else next(others) for epoch in shown])
    return EpochReadings(shown, rows, past.chosen, len(past.snapshots), past.stamp)


def _stamp_of(path: Path) -> Stamp:
    """When a file was written, and its size. Raises BadRun when it is gone."""
    try:
        found = path.stat()
    except OSError as error:
        raise BadRun(
            f"{path} cannot be read: {error.strerror}. Choose another run, or train the model again."
        ) from error
    return found.st_mtime_ns, found.st_size


class _Networks:
    """The networks of the snapshots that were asked last, as many as fit into the memory that they may take."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[Path, Stamp, str], tuple[nn.Module, int]] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def get(self, path: Path, architecture: str) -> nn.Module:
        """Raises BadRun when the snapshot is gone, damaged or foreign."""
        key = (path, _stamp_of(path), architecture)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key][0]
        model = build_model(architecture)
        load_weights(path, model)
        network = for_reading(model)
        size = sum(one.numel() * one.element_size() for one in network.state_dict().values())
        with self._lock:
            if key not in self._kept:
                self._kept[key] = network, size
                self._bytes += size
            while self._bytes > _MOST_BYTES and len(self._kept) > 1:
                _, (_, freed) = self._kept.popitem(last=False)
                self._bytes -= freed
        return network


_networks = _Networks()
