"""What importing the library must not do; each in a fresh process."""

import subprocess
import sys
from pathlib import Path

import pytest

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


def test_importing_digitlab_does_not_import_torch(tmp_path: Path) -> None:
    assert not loaded_by("import digitlab", tmp_path) & {"torch", "numpy", "torchvision", "streamlit"}


@pytest.mark.parametrize("module", ["cli.main", "runs.catalog", "preprocess", "picture", "presets"])
def test_what_every_page_and_command_needs_does_not_import_torch(module: str, tmp_path: Path) -> None:
    assert not loaded_by(f"import digitlab.{module}", tmp_path) & {"torch", "torchvision", "streamlit"}


def test_the_whole_library_imports_no_streamlit_and_touches_no_disk(tmp_path: Path) -> None:
    assert len(LIBRARY) > 20
    loaded = loaded_by("\n".join(f"import {module}" for module in LIBRARY), tmp_path)
    assert set(LIBRARY) <= loaded
    assert not loaded & {"streamlit", "torchvision"}
    assert not list(tmp_path.iterdir())
