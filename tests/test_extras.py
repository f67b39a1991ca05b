"""Whether a package is there, asked without importing it, and what is said where it is not."""

import subprocess
import sys

import pytest

from digitlab.errors import NotInstalled
from digitlab.extras import is_installed, need


def test_a_package_that_is_missing_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "optuna", None)
    assert not is_installed("optuna")
    with pytest.raises(NotInstalled) as caught:
        need("optuna", "A sweep", "cluster")
    assert str(caught.value) == (
        'A sweep needs the package optuna, which is not installed. In digitlab\'s folder, run: pip install ".[cluster]"'
    )


def test_it_is_found_and_not_imported() -> None:
    code = (
        "import sys; from digitlab.extras import is_installed; print(is_installed('optuna'), 'optuna' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "True False\n"
