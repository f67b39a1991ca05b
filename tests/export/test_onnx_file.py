import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest

import digitlab
from digitlab.errors import BadRun, NotInstalled
from digitlab.export.onnx_file import to_onnx
from digitlab.runs.run import Run
from tests.export.conftest import library_says


def answers(content: bytes, images: np.ndarray) -> np.ndarray:
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    parts = [images[first : first + 100] for first in range(0, len(images), 100)]  # quicker than all at once
    return np.concatenate([session.run(["probabilities"], {"images": part})[0] for part in parts])


def test_onnxruntime_gives_the_answers_of_each_shipped_model(compared: tuple[Run, np.ndarray]) -> None:
    shipped, images = compared
    found = answers(to_onnx(shipped), images)
    assert found.shape == (len(images), 10)
    assert found.dtype == np.float32
    assert np.abs(found - library_says(shipped, images)).max() <= 1e-5


@pytest.mark.parametrize("count", [1, 2, 7])
def test_any_number_of_images_is_read(count: int, calm_run: Run, toy_images: np.ndarray) -> None:
    chosen = toy_images[:count]
    assert np.abs(answers(to_onnx(calm_run), chosen) - library_says(calm_run, chosen)).max() <= 1e-5


def test_the_file_says_which_model_it_is_and_when_it_is_unsure(calm_run: Run) -> None:
    model = onnx.load_from_string(to_onnx(calm_run))
    onnx.checker.check_model(model)
    assert {prop.key: prop.value for prop in model.metadata_props} == {
        "model": calm_run.id,
        "architecture": "softmax",
        "digitlab": digitlab.__version__,
        "temperature": "2.0",
        "threshold": "0.25",
    }


def test_the_file_names_no_path_of_the_machine_that_made_it(calm_run: Run) -> None:
    content = to_onnx(calm_run)
    assert str(Path(digitlab.__file__).parent).encode() not in content
    assert b".py" not in content


@pytest.mark.parametrize("package", ["onnx", "onnxscript"])
def test_a_missing_package_gets_one_line_that_says_how_to_get_it(
    package: str, calm_run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)  # as Python marks what cannot be imported
    with pytest.raises(NotInstalled) as caught:
        to_onnx(calm_run)
    said = str(caught.value)
    assert said.startswith(f"The format onnx needs the package {package}, which is not installed.")
    assert said.endswith('pip install ".[export]"')


def test_damaged_weights_are_refused(calm_run: Run) -> None:
    calm_run.weights.write_bytes(calm_run.weights.read_bytes()[:1000])
    with pytest.raises(BadRun, match="is damaged"):
        to_onnx(calm_run)
