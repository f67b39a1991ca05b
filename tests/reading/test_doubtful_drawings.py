"""Whether the shipped cnn says that it is not sure when it sees no digit, and is sure when it sees one."""

from pathlib import Path

import numpy as np
import pytest

from digitlab.data import PartName
from digitlab.data.dataset import load_part
from digitlab.reading.predictor import Predictor
from digitlab.runs.run import Run
from digitlab.settings import CHECKPOINTS
from tests.reading.letters import LETTERS, images, scribble


@pytest.fixture(scope="module", params=["cnn", pytest.param("champion", marks=pytest.mark.long)])
def model(request: pytest.FixtureRequest) -> Predictor:
    return Predictor(Run(CHECKPOINTS / request.param))


def sure(model: Predictor, pictures: np.ndarray) -> float:
    """Share of the images that the model is sure of."""
    return float(np.mean([reading.sure for reading in model.read_all(pictures)]))


def test_it_is_not_sure_of_letters_and_figures(model: Predictor) -> None:
    assert sure(model, images(list(LETTERS.values()))) <= 0.15


def test_it_is_not_sure_of_scribbles(model: Predictor) -> None:
    assert sure(model, images([scribble(seed) for seed in range(40)])) <= 0.1


def test_it_is_sure_of_unseen_writers_digits(model: Predictor, pen_folder: Path) -> None:
    assert sure(model, load_part("pen", PartName.TEST, pen_folder).images.numpy()) >= 0.96


def test_it_is_sure_of_mnist(model: Predictor, data_folder: Path) -> None:
    assert sure(model, load_part("mnist", PartName.TEST, data_folder).images[:1000].numpy()) >= 0.97
