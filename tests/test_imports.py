"""What importing the library gives, and what it must not do: each of that in a fresh process."""

import subprocess
import sys
from pathlib import Path

import pytest

import digitlab
from digitlab.data.dataset import load_data
from digitlab.training.trainer import Trainer

PROJECT = Path(__file__).parent.parent
LIBRARY = sorted(
    ".".join(path.relative_to(PROJECT).with_suffix("").parts).removesuffix(".__init__")
    for path in (PROJECT / "digitlab").rglob("*.py")
    if "ui" not in path.relative_to(PROJECT).parts and path.name != "__main__.py"
)


def loaded_by(imports: str, folder: Path) -> set[str]:
    code = f"{imports}\nimport sys\nprint(' '.join(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, env={"PYTHONPATH": str(PROJECT)}, capture_output=True, check=True
    )
    assert not done.stderr
    return set(done.stdout.decode().split())


def test_importing_digitlab_itself_takes_no_time(tmp_path: Path) -> None:
    assert not loaded_by("import digitlab", tmp_path) & {"torch", "numpy", "torchvision", "sklearn", "streamlit"}


@pytest.mark.parametrize(
    "module",
    [
        *("cli.main", "config", "data.dataset", "data.handwriting", "ink.ink_file", "image.photo", "image.prepare"),
        *("jobs.queue", "jobs.start", "presets", "runs.listing", "runs.run"),
    ],
)
def test_what_every_page_and_command_needs_does_not_import_torch(module: str, tmp_path: Path) -> None:
    assert not loaded_by(f"import digitlab.{module}", tmp_path) & {"torch", "torchvision", "sklearn", "streamlit"}


def test_the_first_page_and_its_training_form_wait_for_no_torch(tmp_path: Path) -> None:
    code = f"""
import logging
logging.disable()
from streamlit.testing.v1 import AppTest
page = AppTest.from_file({str(PROJECT / "digitlab" / "ui" / "app" / "frame.py")!r}, default_timeout=120).run()
assert not page.exception
assert [box.label for box in page.sidebar.selectbox][:2] == ["Preset", "Model"]
assert any(button.label == "Start" for button in page.sidebar.button)
"""
    assert not loaded_by(code, tmp_path) & {"torch", "torchvision", "sklearn"}


def test_reading_an_image_waits_for_no_library_that_it_does_not_need(tmp_path: Path) -> None:
    code = """
import numpy as np
from digitlab.reading.predictor import load_model
image = np.zeros((28, 28), np.uint8)
image[5:23, 13:15] = 255
assert load_model("softmax").read(image).probability > 0.1
"""
    loaded = loaded_by(code, tmp_path)
    assert "torch" in loaded
    assert not loaded & {"sklearn", "scipy.stats", "scipy.optimize", "torchvision", "plotly", "streamlit"}


@pytest.mark.parametrize(
    "module", ["", ".cli.main", ".jobs.start", ".sweeps.start", ".sweeps.undertaking", ".sweeps.charts"]
)
def test_nothing_imports_the_extra_cluster_before_it_is_needed(module: str, tmp_path: Path) -> None:
    assert not loaded_by(f"import digitlab{module}", tmp_path) & {"optuna", "ray", "torch"}


def test_every_name_of_digitlab_can_be_had() -> None:
    assert {"load_data", "load_model", "prepare", "Trainer", "TrainConfig", "figures", "predict", "save_model"} <= set(
        digitlab.__all__
    )
    assert len(set(digitlab.__all__)) == len(digitlab.__all__)
    for name in digitlab.__all__:
        assert getattr(digitlab, name) is not None
        assert name in dir(digitlab)


def test_names_are_those_of_the_modules_that_make_them() -> None:
    assert digitlab.load_data is load_data
    assert digitlab.Trainer is Trainer
    assert digitlab.figures.__name__ == "digitlab.figures"


def test_a_name_that_digitlab_has_not_is_an_attribute_error_that_names_the_others() -> None:
    with pytest.raises(AttributeError, match="'digitlab' has no attribute 'nonsense'; it has TrainConfig, load_data"):
        _ = digitlab.nonsense


def test_figures_gives_those_that_a_notebook_wants(tmp_path: Path) -> None:
    for name in digitlab.figures.__all__:
        assert getattr(digitlab.figures, name).__module__.startswith("digitlab.figures.")
        assert name in dir(digitlab.figures)
    with pytest.raises(AttributeError, match="no attribute 'nonsense'; it has confusion_figure, images"):
        _ = digitlab.figures.nonsense
    assert not loaded_by("from digitlab import figures", tmp_path) & {"plotly", "numpy", "torch"}


def test_the_whole_library_imports_no_streamlit_and_touches_no_disk(tmp_path: Path) -> None:
    assert len(LIBRARY) > 20
    loaded = loaded_by("\n".join(f"import {module}" for module in LIBRARY), tmp_path)
    assert set(LIBRARY) <= loaded
    assert not loaded & {"streamlit", "torchvision", "optuna", "ray"}
    assert not list(tmp_path.iterdir())
