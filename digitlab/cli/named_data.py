"""What a command line names: a model, and the data to try it on: a data set's test part, or an ink file."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

from digitlab.cli.progress import progress_bar
from digitlab.data import PartName
from digitlab.data.dataset import DATASETS, is_here, load_part
from digitlab.errors import DigitlabError
from digitlab.runs.listing import Catalogue
from digitlab.settings import Settings

if TYPE_CHECKING:  # torch is slow to import, and `--help` needs none
    from digitlab.data.parts import Part
    from digitlab.runs.run import Run
    from digitlab.runs.scores import Scores


def model_argument(command: Callable[..., Any]) -> Callable[..., Any]:
    """The argument MODEL of a command, with completion in the shell."""
    return click.argument("model", shell_complete=_complete_model)(command)


def data_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """The option `--data` of a command that tries a model."""
    return click.option(
        "--data",
        shell_complete=_complete_data,
        help="A data set's name (its test part) or an ink file's path. Default: the run's own data.",
    )(command)


def _complete_model(_context: click.Context, _option: click.Parameter, begun: str) -> list[CompletionItem]:
    try:
        entries = Catalogue(Settings.from_environment()).models()
    except DigitlabError:
        return []
    found = [CompletionItem(entry.id, help=entry.title) for entry in entries if entry.id.startswith(begun)]
    return [*found, CompletionItem(begun, type="dir")]


def _complete_data(_context: click.Context, _option: click.Parameter, begun: str) -> list[CompletionItem]:
    names = [CompletionItem(name, help=one.title) for name, one in DATASETS.items() if name.startswith(begun)]
    return [*names, CompletionItem(begun, type="file")]


def is_file(data: str) -> bool:
    """Told from a data set by its dot or slash, so that a file called mnist never takes the place of MNIST."""
    return "/" in data or "." in data


def is_at_hand(data: str, settings: Settings) -> bool:
    """Whether the images can be loaded without a network. Raises UnknownName for a data set that does not exist."""
    return is_file(data) or is_here(data, settings.data)


def load_named(data: str, validation_share: float, settings: Settings) -> "Part":
    """The images. Raises BadInk, UnknownName or DataMissing."""
    with progress_bar() as progress:
        if is_file(data):
            from digitlab.data.rendering import render
            from digitlab.ink.ink_file import read_ink_file

            return render(read_ink_file(Path(data)), progress=progress)
        return load_part(data, PartName.TEST, settings.data, validation_share, progress)


def score_named(run: "Run", data: str, settings: Settings) -> "tuple[Scores, Part]":
    """The run's scores on the named data, saved with it where these are a data set, and the images.

    Raises BadRun, and what `load_named` raises.
    """
    from digitlab.runs.scores import score

    part = load_named(data, run.config.validation_share, settings)
    return score(run, part, save_as=None if is_file(data) else data), part
