"""Optuna, a package of the extra `cluster`: imported only by what needs it."""

from importlib import import_module
from typing import Any

from digitlab.errors import NotInstalled


def need(module: str = "optuna") -> Any:
    """The module, imported, and quiet about what it does. Raises NotInstalled where its package is missing."""
    try:
        optuna = import_module(module)
    except ImportError as error:
        raise NotInstalled(
            f"A sweep needs the package {module}, which is not installed. In digitlab's folder, run: "
            'pip install ".[cluster]"'
        ) from error
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    return optuna
