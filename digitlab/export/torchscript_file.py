"""A run's network as a TorchScript file, which torch reads without digitlab, also from C++."""

import io
import json
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import torch

from digitlab.export.network import example_images, load_exportable
from digitlab.runs.run import Run

FACTS = "digitlab.json"
"""The file within the file that says which model it is; torch.jit.load fills it in by `_extra_files`."""


def to_torchscript(run: Run) -> bytes:
    """The content of a TorchScript file: images, `uint8` of shape (N, 28, 28), to probabilities of shape (N, 10).

    `digitlab.json` within it has model, architecture, digitlab's version, temperature and threshold of doubt.
    Raises BadRun when the run's files are missing, damaged or foreign.
    """
    exportable = load_exportable(run)
    packed = io.BytesIO()
    with _without_advice(), torch.inference_mode(False), torch.no_grad():
        traced = torch.jit.trace(exportable.network, (example_images(),))
        torch.jit.save(traced, packed, _extra_files={FACTS: json.dumps(exportable.facts)})
    return packed.getvalue()


@contextmanager
def _without_advice() -> Iterator[None]:
    """Keeps back what concerns no user: that torch advises torch.export, whose files need a newer torch to be read, and
    that its own checks of shapes within affine_grid are traced as constants, which they are."""
    with warnings.catch_warnings():
        for function in ("trace", "trace_method", "save"):
            # the category changed from DeprecationWarning to FutureWarning between versions
            warnings.filterwarnings("ignore", rf"`torch\.jit\.{function}` is deprecated")
        warnings.filterwarnings("ignore", category=torch.jit.TracerWarning, module=r"torch\.nn\.functional")
        yield
