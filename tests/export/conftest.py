"""What the exported networks are compared on: test images, and what the library says of them."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from digitlab.data.dataset import load_part
from digitlab.reading.predictor import Predictor
from digitlab.runs.run import Run, open_run
from digitlab.settings import CHECKPOINTS

SHIPPED = [
    *((name, 1000) for name in ("softmax", "softmax-pen", "cnn")),
    pytest.param(("cnn-mnist", 1000), marks=pytest.mark.long),
    pytest.param(("champion", 100), marks=pytest.mark.long),  # it looks nine times
    pytest.param(("champion", 1000), marks=pytest.mark.slow),
]


@pytest.fixture(params=SHIPPED, ids=lambda one: f"{one[0]}, {one[1]} images")
def compared(request: pytest.FixtureRequest, data_folder: Path) -> tuple[Run, np.ndarray]:
    """Each of the checkpoints in turn, and the first of MNIST's test images, `uint8` of shape (N, 28, 28)."""
    name, count = request.param
    return open_run(CHECKPOINTS / name), load_part("mnist", "test", data_folder).images[:count].numpy()


@pytest.fixture
def toy_images(make_part: Callable) -> np.ndarray:
    """Images that need no download, `uint8` of shape (7, 28, 28)."""
    found: np.ndarray = make_part(7).images.numpy()
    return found


@pytest.fixture
def calm_run(make_run: Callable[..., Run]) -> Run:
    """A run whose temperature and threshold are not the defaults."""
    run = make_run()
    run.write_results({**run.results, "doubt": {"temperature": 2.0, "threshold": 0.25}})
    return run


def library_says(run: Run, images: np.ndarray) -> np.ndarray:
    """The library's own probabilities, shape (N, 10)."""
    return np.array([reading.probabilities for reading in Predictor(run).read_all(images)])
