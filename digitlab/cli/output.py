"""How the command line writes numbers, results and errors."""

import json
from typing import TYPE_CHECKING, Any

import click

from digitlab import formats

if TYPE_CHECKING:  # scikit-learn is slow to import, and a list of runs needs none
    from digitlab.metrics.summary import Summary


def plain(text: str) -> str:
    """The text with plain spaces between numbers and units, as terminals and scripts want them."""
    return text.replace("\u202f", " ")


def percent(share: float, decimals: int = 2) -> str:
    """A share in 0..1 as a percentage: accuracies with two decimals."""
    return plain(formats.percent(share, decimals))


def accuracy_line(name: str, summary: "Summary") -> str:
    """One line: accuracy with its interval and the number of mistakes."""
    return plain(
        f"{name}: {formats.percent(summary.accuracy, 2)} (95 % interval {formats.interval(summary.interval)}), "
        f"{formats.count(summary.mistakes)} of {formats.count(summary.images)} wrong"
    )


def print_json(value: Any) -> None:
    """One JSON object on standard output."""
    click.echo(json.dumps(value))


def print_trouble(message: str) -> None:
    """One line on standard error."""
    click.echo("Error: " + " ".join(message.split()), err=True)


def json_option(command: Any) -> Any:
    """The option `--json` of a command."""
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")(command)
