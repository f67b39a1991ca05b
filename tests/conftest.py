"""What every test gets: a seed, folders of its own, and toy data, models and runs."""

import functools
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from digitlab.config import TrainConfig
from digitlab.data.mnist import mnist_is_here
from digitlab.data.parts import Part
from digitlab.data.pen import pen_files
from digitlab.models import build_model, count_parameters
from digitlab.runs.run import Run, now
from digitlab.runs.status import State, Status
from digitlab.runs.weights import save_weights
from digitlab.training.trainer import Hooks, Trainer
from tests.fuzz.trust import keep_line

torch.set_num_threads(1)  # toy models: more threads only wait for one another

FIGURES = {"images": 2, "mistakes": 1, "accuracy": 0.5, "interval": [0.1, 0.9]}
"""A model's figures on a test part, as a job writes them down."""

DATA = Path(os.environ.get("DIGITLAB_DATA") or "data").resolve()
"""The developer's data folder, read before the tests hide it."""


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """After a soak, keep how the disks that fail came off, for docs/trust.md."""
    if "soak or slow" not in (config.option.markexpr or ""):
        return
    ended = [one for kind in ("passed", "failed") for one in terminalreporter.stats.get(kind, [])]
    disks = [one for one in ended if one.when == "call" and "test_full_disk.py" in one.nodeid]
    if disks:
        passed = sum(one.passed for one in disks)
        keep_line(
            "Full disks",
            f"{passed} of {len(disks)} combinations of an operation and a failure of the disk (full, read-only, "
            "forbidden; once or from then on), each at every write, left the old state and one line.",
        )


@pytest.fixture(autouse=True)
def _seeded_and_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    np.random.seed(0)
    torch.manual_seed(0)
    monkeypatch.setenv("DIGITLAB_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("DIGITLAB_RUNS", str(tmp_path / "runs"))
    for name in [name for name in os.environ if name.startswith("DIGITLAB_")]:
        if name not in ("DIGITLAB_DATA", "DIGITLAB_RUNS"):
            monkeypatch.delenv(name)
    if app := sys.modules.get("digitlab.ui.app.installation"):  # what another test's folders held
        app.settings.cache_clear()
        app.catalogue.cache_clear()
        app.passes.cache_clear()
    _search_packages_once()


def _search_packages_once() -> None:
    """Streamlit's AppTest looks for components in every installed package, anew for each app: more than its page costs.

    No package comes or goes meanwhile, and the app's own components are in none.
    """
    scanner = sys.modules.get("streamlit.components.v2.manifest_scanner")
    if scanner and not hasattr(scanner.scan_component_manifests, "cache_info"):
        scanner.scan_component_manifests = functools.cache(scanner.scan_component_manifests)


def _require(there: bool, what: str) -> Path:
    if not there:
        missing = f"{what} not found in {DATA}: set DIGITLAB_DATA to a folder that holds them"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    return DATA


@pytest.fixture
def data_folder(monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that holds MNIST, also set as DIGITLAB_DATA."""
    folder = _require(mnist_is_here(DATA), "the MNIST files were")
    monkeypatch.setenv("DIGITLAB_DATA", str(folder))
    return folder


@pytest.fixture
def pen_folder() -> Path:
    """The folder that holds the pen digits."""
    return _require(bool(pen_files(DATA)), "the pen digits were")


@pytest.fixture
def make_part() -> Callable[..., Part]:
    """Makes toy images: every digit lights a stripe of its own, in noise."""

    def make(count: int, seed: int = 0) -> Part:
        random = torch.Generator().manual_seed(seed)
        labels = torch.randint(0, 10, (count,), generator=random)
        images = torch.randint(0, 100, (count, 28, 28), generator=random)
        for image, digit in zip(images, labels.tolist(), strict=True):
            image[2 * digit + 4 : 2 * digit + 6, 4:24] += 120
        return Part(images.to(torch.uint8), labels)

    return make


@pytest.fixture
def make_run() -> Callable[..., Run]:
    """Makes a finished run with untrained weights, as a job would leave it."""

    def make(runs: Path | None = None, **settings: object) -> Run:
        config = TrainConfig(**{"model": "softmax", "data": "sklearn", **settings})
        run = Run.create(runs or Path(os.environ["DIGITLAB_RUNS"]), config)
        model = build_model(config.model)
        save_weights(run.weights, model.state_dict())
        run.write_results({"parameters": count_parameters(model), "test": {"sklearn": dict(FIGURES)}})
        run.write_status(Status(State.DONE, created=now(), updated=now()))
        return run

    return make


@pytest.fixture
def make_trainer(make_part: Callable[..., Part]) -> Callable[..., Trainer]:
    """A trainer as a job makes it: seeded, with fresh weights, on toy data."""

    def make(
        config: TrainConfig, hooks: Hooks | None = None, images: int = 60, teachers: Sequence[nn.Module] = ()
    ) -> Trainer:
        torch.manual_seed(config.seed)
        model = build_model(config.model, config.dropout)
        return Trainer(model, make_part(images), make_part(20, seed=1), config, hooks, teachers)

    return make
