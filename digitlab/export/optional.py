"""Packages that only some formats need: the extra `export`."""

from importlib import import_module
from types import ModuleType

from digitlab.errors import NotInstalled


def need(module: str, form: str) -> ModuleType:
    """A module of the extra `export`, imported.

    form: the format that needs it, for the message. Raises NotInstalled where its package is missing.
    """
    try:
        return import_module(module)
    except ImportError as error:
        package = (error.name or module).partition(".")[0]
        raise NotInstalled(
            f"The format {form} needs the package {package}, which is not installed. In digitlab's folder, run: "
            'pip install ".[export]"'
        ) from error
