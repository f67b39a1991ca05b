"""Whether Optuna is there, asked without importing it."""

import subprocess
import sys

import pytest

from digitlab.sweeps.optional import has_optuna


def test_a_package_that_is_missing_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "optuna", None)
    assert not has_optuna()


def test_it_is_found_and_not_imported() -> None:
    code = "import sys; from digitlab.sweeps.optional import has_optuna; print(has_optuna(), 'optuna' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "True False\n"
