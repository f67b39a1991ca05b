"""Packages that only some formats need: the extra `export`."""

from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from digitlab.errors import NotInstalled

INSTALL = 'In digitlab\'s folder, run: pip install ".[export]"'
"""What to do where one is missing."""


def need(module: str, form: str) -> ModuleType:
    """A module of the extra `export`, imported.

    form: the format that needs it, for the message. Raises NotInstalled where its package is missing.
    """
    try:
        return import_module(module)
    except ImportError as error:
        package = (error.name or module).partition(".")[0]
        raise NotInstalled(
            f"The format {form} needs the package {package}, which is not installed. {INSTALL}"
        ) from error


def is_installed(package: str) -> bool:
    """Whether a package is there; it is not imported, which may take seconds."""
    return find_spec(package) is not None
