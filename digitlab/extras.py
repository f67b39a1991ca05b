"""Packages that only some parts need: the extras of `pyproject.toml`. None is imported before it is needed."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from digitlab.errors import NotInstalled


def need(module: str, what: str, extra: str) -> Any:
    """A module of an extra, imported. what: what needs it, for the message: "A sweep".

    Raises NotInstalled where its package is missing, with how to get it.
    """
    try:
        return import_module(module)
    except ImportError as error:
        package = (error.name or module).partition(".")[0]
        raise NotInstalled(
            f"{what} needs the package {package}, which is not installed. {how_to_install(extra)}"
        ) from error


def is_installed(package: str) -> bool:
    """Whether a package is there; it is not imported, which may take seconds."""
    return find_spec(package) is not None


def how_to_install(extra: str) -> str:
    """What to do where a package of an extra is missing."""
    return f'In digitlab\'s folder, run: pip install ".[{extra}]"'
