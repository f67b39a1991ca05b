"""Optuna, a package of the extra `cluster`: imported only by what needs it."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from digitlab.errors import NotInstalled


def need_optuna() -> Any:
    """Optuna, imported, and quiet about what it does. Raises NotInstalled where it is missing."""
    try:
        optuna = import_module("optuna")
    except ImportError as error:
        raise NotInstalled(
            "A sweep needs the package optuna, which is not installed. In digitlab's folder, run: "
            'pip install ".[cluster]"'
        ) from error
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    return optuna


def has_optuna() -> bool:
    """Whether it is installed; it is not imported."""
    return find_spec("optuna") is not None
