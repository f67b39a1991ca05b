"""Files of a run: weights, whole archives, each member of an archive, and runs that were damaged in their folder."""

import io
import json
import tempfile
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import torch

from digitlab.config import TrainConfig
from digitlab.models import build_model
from digitlab.report.page import write_report
from digitlab.runs.archive import pack_run, unpack_run
from digitlab.runs.label import title_of
from digitlab.runs.listing import Catalogue, Entry, delete_run, read_entry
from digitlab.runs.robustness import Robustness, RobustnessCurve, load_robustness, save_robustness
from digitlab.runs.run import Run
from digitlab.runs.scores import Scores, load_samples, load_scores, read_doubt, save_samples, save_scores
from digitlab.runs.status import State, Status
from digitlab.runs.weights import (
    first_filters,
    load_resume,
    load_weights,
    read_tensor,
    save_resume,
    save_weights,
    weight_images,
)
from digitlab.settings import Settings
from tests.fuzz.harness import Kind, tried
from tests.fuzz.mutants import (
    encoded,
    mutate_bytes,
    mutate_json,
    mutate_lines,
    mutate_npz,
    mutate_zip,
    unzipped,
    zipped,
)

_ID = "20260101-000000-softmax-0a1b2c"
_IMAGES = 50
_FIGURES = {
    "images": _IMAGES,
    "mistakes": 15,
    "accuracy": 0.7,
    "interval": [0.56, 0.81],
    "loss": 1.1,
    "per_class": {"0": 0.8, "1": 0.6},
}
_OTHER_FORMATS = ("BF16", "F8_E4M3", "F8_E5M2", "F64", "I8", "BOOL", "F16", "U64")


@lru_cache(1)
def run_archive() -> bytes:
    """A run with everything that a run can have, as its archive."""
    with tempfile.TemporaryDirectory() as folder, torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        run = Run.create(Path(folder), TrainConfig(model="softmax", data="sklearn", epochs=3, name="a first try"))
        run = Run(run.folder.rename(run.folder.with_name(_ID)))
        model, random = build_model("softmax"), np.random.default_rng(0)
        save_weights(run.weights, model.state_dict())
        run.snapshot(0).parent.mkdir(exist_ok=True)
        for epoch in range(3):
            save_weights(run.snapshot(epoch), model.state_dict(), half=True)
            run.append_history({"epoch": epoch + 1, "step": 10 * epoch, "train_loss": 1.5, "train_accuracy": 0.5})
            run.append_history(
                {
                    "epoch": epoch + 1,
                    "step": 10 * epoch + 10,
                    "train_loss": 1.2,
                    "train_accuracy": 0.6,
                    "validation_loss": 1.1,
                    "validation_accuracy": 0.7,
                    "learning_rate": 0.01,
                    "seconds": 2.5,
                }
            )
        logits, labels = random.normal(size=(_IMAGES, 10)), np.arange(_IMAGES) % 10
        save_scores(run.evaluation("sklearn"), Scores(logits.astype(np.float32), labels, "softmax", "w" * 16, "i" * 16))
        curve = RobustnessCurve(1, (0.0, 2.0, 4.5), (40, 30, 12), _IMAGES)
        save_robustness(run, "sklearn", Path(folder), Robustness("softmax", "w" * 16, "i" * 16, {"noise": curve}))
        save_samples(run, random.integers(0, 255, (_IMAGES, 28, 28)).astype(np.uint8), labels)
        save_resume(run, {"epoch": 1, "step": 10, "model": model.state_dict(), "seed": [1, 2, 3], "best": 0.5})
        results = {
            "parameters": 7850,
            "test": {"sklearn": _FIGURES},
            "before": {"sklearn": {**_FIGURES, "only_before": 1, "only_after": 2}},
            "doubt": {"temperature": 1.2, "threshold": 0.4},
        }
        run.write_results(results)
        (run.folder / "label.json").write_text(json.dumps({"name": "mine", "starred": True}))
        times = dict.fromkeys(("created", "started", "updated"), "2026-01-01T00:00:00+00:00")
        progress = {"epoch": 3, "step": 30, "steps": 30, "chosen_epoch": 2, "seconds": 7.5}
        run.write_status(Status(State.DONE, loss=1.2, accuracy=0.6, **progress, **times))
        return zipped(unzipped(pack_run(run)))


def _mutate_file(name: str, data: bytes, random: Random) -> bytes:
    if name.endswith(".json"):
        return encoded(mutate_json(data.decode(), random))
    if name.endswith(".jsonl"):
        return encoded(mutate_lines(data.decode(), random))
    if name.endswith(".npz"):
        return mutate_npz(data, random)
    if name.endswith(".pt"):
        return mutate_zip(data, random)
    return _mutate_weights(data, random)


def _mutate_weights(data: bytes, random: Random) -> bytes:
    if random.random() < 0.4:
        return mutate_bytes(data, random)
    size = int.from_bytes(data[:8], "little")
    header, rest = data[8 : 8 + size].decode(), data[8 + size :]
    for kind in ("F32", "F16"):
        if random.random() < 0.3:
            header = header.replace(kind, random.choice(_OTHER_FORMATS))
    if random.random() < 0.6:
        header = mutate_json(header, random)
    packed = encoded(header)
    return len(packed).to_bytes(8, "little") + packed + rest


def _mutate_member(archive: bytes, random: Random) -> bytes:
    members = unzipped(archive)
    for name in random.sample(list(members), random.choice((1, 1, 2))):
        members[name] = _mutate_file(name, members[name], random)
    return zipped(members)


def _with(name: str, data: Callable[[], bytes]) -> Callable[[], bytes]:
    """The run's archive with one file replaced."""

    def make() -> bytes:
        members = unzipped(run_archive())
        (there,) = [one for one in members if one.endswith(name)]
        return zipped({**members, there: data()})

    return make


def _shown(run: Run) -> list[Any]:
    """What pages show of a run and use of it."""
    entry = read_entry(run)
    if not isinstance(entry, Entry):
        return [entry.reason]
    model = build_model(entry.config.model)
    steps: list[Callable[[], Any]] = [
        lambda: title_of(run),
        lambda: run.status,
        lambda: run.history,
        lambda: run.results,
        lambda: read_doubt(run),
        lambda: load_samples(run),
        lambda: load_weights(run.weights, model),
        lambda: weight_images(run.weights).shape,
        lambda: first_filters(run.weights, "features.0.0.weight").shape,
        lambda: bool(load_resume(run)),
    ]
    steps += [lambda path=path: read_tensor(path, "linear.weight").shape for path in run.snapshots]
    steps += [lambda path=path: load_scores(path, "softmax") for path in run.folder.glob("evaluations/*.npz")]
    steps += [lambda path=path: _robustness(path) for path in run.folder.glob("robustness/*.json")]
    return [entry.title, entry.state, entry.accuracies, *tried(*steps)]


def _robustness(path: Path) -> object:
    curves = load_robustness(path).curves
    return [(one.amounts, one.accuracies, one.intervals) for one in curves.values()]


def _read_archive(data: bytes, folder: Path) -> object:
    run = unpack_run(data, folder / "runs")
    shown = _shown(run)
    delete_run(run)
    return shown


def _read_folder(data: bytes, folder: Path) -> object:
    """The same files, once they lie in the runs folder without having been checked on the way in."""
    for name, content in unzipped(data).items():
        path = folder / "runs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    catalogue = Catalogue(Settings(data=folder / "data", runs=folder / "runs"))
    shown = [_shown(entry.run) for entry in catalogue.everything() if not entry.run.is_checkpoint]
    catalogue.models()
    for run in catalogue.runs():
        delete_run(run)
        if run.folder.exists():
            raise AssertionError("a damaged run could not be deleted")
    return shown


def _report(data: bytes, folder: Path) -> object:
    run = unpack_run(data, folder / "runs")
    scores = load_scores(run.evaluation("sklearn"), "softmax")
    return write_report(run, "sklearn", scores)


def _read_weights(data: bytes, folder: Path) -> object:
    path = folder / "weights.safetensors"
    path.write_bytes(data)
    return tried(
        lambda: load_weights(path, build_model("softmax")),
        lambda: weight_images(path).shape,
        lambda: first_filters(path, "linear.weight").shape,
        lambda: read_tensor(path, "linear.bias").shape,
    )


def _weights() -> Sequence[bytes]:
    return [data for name, data in unzipped(run_archive()).items() if name.endswith(".safetensors")]


def _bomb_of_labels() -> bytes:
    file = io.BytesIO()
    np.savez_compressed(file, images=np.zeros((1, 28, 28), np.uint8), labels=np.zeros(60_000_000, np.uint8))
    return file.getvalue()


def _state_of(value: Any) -> Callable[[], bytes]:
    def make() -> bytes:
        file = io.BytesIO()
        torch.save(value, file)
        return file.getvalue()

    return make


def _runs() -> Sequence[bytes]:
    return [run_archive()]


HOSTILE = {
    "parameters 1e999": _with("results.json", lambda: b'{"parameters": 1e999}'),
    "accuracy 10**400": _with("results.json", lambda: b'{"test": {"a": {"accuracy": 1' + b"0" * 400 + b"}}}"),
    "temperature 10**400": _with("results.json", lambda: b'{"doubt": {"temperature": 1' + b"0" * 400 + b"}}"),
    "60 MB of empty records": _with("history.jsonl", lambda: b"{}\n" * 20_000_000),
    "one record of 60 MB": _with("history.jsonl", lambda: b'{"epoch": 1, "x": [' + b"0," * 30_000_000 + b"0]}\n"),
    "60 MB of further keys": _with(
        "results.json", lambda: b"{" + b",".join(b'"%d":0' % key for key in range(5_000_000)) + b"}"
    ),
    "60 million labels": _with("samples.npz", _bomb_of_labels),
    "surrogate as name": _with("label.json", lambda: b'{"name": "\\ud800"}'),
    "a resume state that is a number": _with("state.pt", _state_of(10**400)),
    "a resume state of another shape": _with("state.pt", _state_of({"epoch": 10**400, "model": {"\ud800": 1}})),
}


WEIGHTS = Kind("weights", _weights, _mutate_weights, _read_weights)
ARCHIVES = Kind("archives", _runs, mutate_zip, _read_archive)
MEMBERS = Kind("files of an archive", _runs, _mutate_member, _read_archive, HOSTILE)
FOLDERS = Kind("files of a run's folder", _runs, _mutate_member, _read_folder, HOSTILE)
REPORTS = Kind("reports of such runs", _runs, _mutate_member, _report, every=20)
