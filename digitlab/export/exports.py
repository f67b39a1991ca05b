"""The formats in which a run can be taken along: one list, for the command line and the menu on Train."""

import io
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from digitlab.errors import BadRun
from digitlab.extras import how_to_install, is_installed
from digitlab.files import write_bytes
from digitlab.folders import make_folder
from digitlab.runs.run import Run

Files = Mapping[str, bytes]
"""Names and contents."""


@dataclass(frozen=True)
class Export:
    """One format.

    name, title: as the command line and the menu call it. words: what it holds, in a sentence or two. file: what it is
    called when downloaded, with `{run}` for the run's id. make: makes its files; one, unless it is a folder. Raises
    BadRun when a file of the run is missing, damaged or foreign, and NotInstalled.

    is_folder: whether other programs want a folder. needs_weights, needs_history: what the run must have. packages: of
    the extra `export`. traces: whether torch follows the network while it is made, see `export.apart`.
    """

    name: str
    title: str
    words: str
    file: str
    make: Callable[[Run], Files]
    is_folder: bool = False
    needs_weights: bool = True
    needs_history: bool = False
    packages: tuple[str, ...] = ()
    traces: bool = False

    def file_of(self, run: Run) -> str:
        """What the download of a run is called."""
        return self.file.format(run=run.id)

    def lacks(self, run: Run) -> str:
        """Why it cannot be made, and what to do about it; empty when nothing is known to stand in the way.

        Imports none of the packages, and does not read the weights: it is asked whenever the menu is drawn.
        """
        if missing := [package for package in self.packages if not is_installed(package)]:
            return f"It needs the package {missing[0]}, which is not installed. {how_to_install('export')}"
        if self.needs_weights and not run.weights.is_file():
            return "The run has no weights yet: wait for its first epoch, or choose another run."
        try:
            if self.needs_history and not run.records:
                return "The run has no history: choose one that was trained for at least one epoch."
        except BadRun as error:
            return str(error)
        return ""


def _archive(run: Run) -> Files:
    from digitlab.runs.archive import pack_run  # these all import torch, which takes seconds

    return {f"{run.id}.zip": pack_run(run)}


def _weights(run: Run) -> Files:
    """Read by their model first, so that a damaged file does not travel on."""
    from digitlab.runs.weights import model_of

    model_of(run)
    try:
        return {f"{run.id}.safetensors": run.weights.read_bytes()}
    except OSError as error:
        raise BadRun(f"{run.weights} cannot be read: {error.strerror}. Choose another run.") from error


def _onnx(run: Run) -> Files:
    from digitlab.export.onnx_file import to_onnx

    return {f"{run.id}.onnx": to_onnx(run)}


def _torchscript(run: Run) -> Files:
    from digitlab.export.torchscript_file import to_torchscript

    return {f"{run.id}.pt": to_torchscript(run)}


def _events(run: Run) -> Files:
    from digitlab.export.event_file import to_events

    return {f"events.out.tfevents.{run.id}": to_events(run)}


def _card(run: Run) -> Files:
    from digitlab.export.model_card import write_model_card

    return {"README.md": write_model_card(run).encode()}


def _hub(run: Run) -> Files:
    from digitlab.export.model_card import write_model_config

    (weights,) = _weights(run).values()
    return {**_card(run), "config.json": write_model_config(run).encode(), "model.safetensors": weights}


EXPORTS: Mapping[str, Export] = {
    one.name: one
    for one in (
        Export(
            name="archive",
            title="Archive",
            words="Settings, curves, weights and scores in one zip file. It can be uploaded again, here or elsewhere.",
            file="{run}.zip",
            make=_archive,
            needs_weights=False,
        ),
        Export(
            name="safetensors",
            title="Weights",
            words="The weights alone, as safetensors.",
            file="{run}.safetensors",
            make=_weights,
        ),
        Export(
            name="onnx",
            title="ONNX",
            words="The network for onnxruntime and others: from grey values to calibrated probabilities.",
            file="{run}.onnx",
            make=_onnx,
            packages=("onnx", "onnxscript"),
            traces=True,
        ),
        Export(
            name="torchscript",
            title="TorchScript",
            words="The same network for torch.jit.load in Python and C++, without digitlab.",
            file="{run}.pt",
            make=_torchscript,
            traces=True,
        ),
        Export(
            name="tensorboard",
            title="TensorBoard",
            words="The curves of the training as an event file: put it into a folder of its own, and name that to "
            "tensorboard --logdir.",
            file="events.out.tfevents.{run}",
            make=_events,
            is_folder=True,
            needs_weights=False,
            needs_history=True,
            packages=("tensorboard",),
        ),
        Export(
            name="card",
            title="Model card",
            words="README.md as Hugging Face expects it: what the model is, its figures, how to use it, its limits.",
            file="README.md",
            make=_card,
        ),
        Export(
            name="huggingface",
            title="Hugging Face",
            words="A folder to push there: the model card, the weights and config.json.",
            file="{run}-huggingface.zip",
            make=_hub,
            is_folder=True,
        ),
    )
}


def write_export(export: Export, run: Run, target: Path) -> list[Path]:
    """Write a format's files and return them. target: the file; for a format that is a folder the folder.

    The folder is made if need be; what it has under other names stays.
    Raises what `Export.make` raises, and NotSaved when it cannot be written; then no file is half written.
    """
    files = export.make(run)
    if not export.is_folder:
        (content,) = files.values()
        write_bytes(target, content, remedy="Name another file by -o.")
        return [target]
    make_folder(target)
    for name, content in files.items():
        write_bytes(target / name, content, remedy="Name another folder by -o.")
    return [target / name for name in files]


def as_one_file(files: Files) -> bytes:
    """What one download holds: the only file, or several in a zip file."""
    if len(files) == 1:
        return next(iter(files.values()))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()
