"""This installation: its settings and its catalogue of runs, read once in the app's process."""

from functools import cache

from digitlab.config import Settings
from digitlab.runs.listing import Catalogue


@cache
def settings() -> Settings:
    """Where the app keeps its files. Raises BadConfig for a bad environment variable."""
    return Settings.from_environment()


@cache
def catalogue() -> Catalogue:
    """All runs of the installation."""
    return Catalogue(settings())
