"""What the exported networks are compared on: a thousand test images, and what the library says of them."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from digitlab.data.dataset import load_part
from digitlab.reading.predictor import Predictor
from digitlab.runs.run import Run, open_run
from digitlab.settings import CHECKPOINTS

SHIPPED = ("softmax", "softmax-pen", "cnn-mnist", "cnn", "champion")


@pytest.fixture(params=SHIPPED)
def shipped(request: pytest.FixtureRequest) -> Run:
    """Each of the checkpoints in turn."""
    return open_run(CHECKPOINTS / request.param)


@pytest.fixture
def images(data_folder: Path) -> np.ndarray:
    """The first 1,000 of MNIST's test images, `uint8` of shape (1000, 28, 28)."""
    return load_part("mnist", "test", data_folder).images[:1000].numpy()


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


_said: dict[str, np.ndarray] = {}


def library_says_of_test_images(shipped: Run, images: np.ndarray) -> np.ndarray:
    """`library_says` of a checkpoint and the 1,000 test images, computed once: the champion takes long."""
    if shipped.id not in _said:
        _said[shipped.id] = library_says(shipped, images)
    return _said[shipped.id]


def library_says(run: Run, images: np.ndarray) -> np.ndarray:
    """The library's own probabilities, shape (N, 10)."""
    return np.array([reading.probabilities for reading in Predictor(run).read_all(images)])
