"""Two installations: one that is backed up, and one that a backup is restored to."""

from pathlib import Path

import pytest

from digitlab.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(tmp_path / "data", tmp_path / "runs")


@pytest.fixture
def elsewhere(tmp_path: Path) -> Settings:
    """Another installation, with nothing in it."""
    return Settings(tmp_path / "elsewhere" / "data", tmp_path / "elsewhere" / "runs")
