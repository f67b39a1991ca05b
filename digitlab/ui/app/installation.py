"""This installation: its settings and its catalogue of runs, read once in the app's process."""

from functools import cache

from digitlab.runs.listing import Catalogue
from digitlab.settings import Settings
from digitlab.ui.app.passes import Passes, read_secret


@cache
def settings() -> Settings:
    """Where the app keeps its files, and for whom it is. Raises BadConfig for a bad environment variable."""
    return Settings.from_environment()


@cache
def catalogue() -> Catalogue:
    """All runs of the installation."""
    return Catalogue(settings())


@cache
def passes() -> Passes | None:
    """Writes and reads the passes of a class server; None where everything is open. Raises BadConfig."""
    classroom = settings().classroom
    return None if classroom is None else Passes(read_secret(settings().runs), classroom)
