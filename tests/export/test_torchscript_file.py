import io
import json
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

import digitlab
from digitlab.errors import BadRun
from digitlab.export.torchscript_file import FACTS, to_torchscript
from digitlab.runs.run import Run
from tests.export.conftest import library_says

APART = """
import sys, warnings
warnings.simplefilter("ignore")
import numpy, torch
answers = torch.jit.load("model.pt")(torch.from_numpy(numpy.load("images.npy")))
numpy.save("answers.npy", answers.numpy())
assert not [name for name in sys.modules if name.partition(".")[0] == "digitlab"]
"""


def answers(content: bytes, images: np.ndarray) -> np.ndarray:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", r"`torch\.jit\.load` is deprecated")
        network = torch.jit.load(io.BytesIO(content))
    with torch.inference_mode():
        return torch.cat([network(part) for part in torch.tensor(images).split(100)]).numpy()


def test_the_network_gives_the_answers_of_each_shipped_model(compared: tuple[Run, np.ndarray]) -> None:
    shipped, images = compared
    found = answers(to_torchscript(shipped), images)
    assert found.shape == (len(images), 10)
    assert found.dtype == np.float32
    assert np.abs(found - library_says(shipped, images)).max() <= 1e-5


def test_a_process_without_digitlab_reads_the_file(calm_run: Run, toy_images: np.ndarray, tmp_path: Path) -> None:
    (tmp_path / "model.pt").write_bytes(to_torchscript(calm_run))
    np.save(tmp_path / "images.npy", toy_images)
    subprocess.run([sys.executable, "-c", APART], cwd=tmp_path, env={}, check=True)
    assert np.abs(np.load(tmp_path / "answers.npy") - library_says(calm_run, toy_images)).max() <= 1e-5


@pytest.mark.parametrize("count", [1, 2, 7])
def test_any_number_of_images_is_read(count: int, calm_run: Run, toy_images: np.ndarray) -> None:
    chosen = toy_images[:count]
    assert np.abs(answers(to_torchscript(calm_run), chosen) - library_says(calm_run, chosen)).max() <= 1e-5


def test_the_file_says_which_model_it_is_and_when_it_is_unsure(calm_run: Run) -> None:
    facts = {FACTS: ""}
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", r"`torch\.jit\.load` is deprecated")
        torch.jit.load(io.BytesIO(to_torchscript(calm_run)), _extra_files=facts)
    assert json.loads(facts[FACTS]) == {
        "model": calm_run.id,
        "architecture": "softmax",
        "digitlab": digitlab.__version__,
        "temperature": "2.0",
        "threshold": "0.25",
    }


def test_no_warning_reaches_the_user(make_run: Callable[..., Run]) -> None:
    run = make_run(model="cnn-views")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert to_torchscript(run)


def test_damaged_weights_are_refused(calm_run: Run) -> None:
    calm_run.weights.write_bytes(calm_run.weights.read_bytes()[:1000])
    with pytest.raises(BadRun, match="is damaged"):
        to_torchscript(calm_run)
