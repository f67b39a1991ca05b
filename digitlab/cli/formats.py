"""How the command line writes numbers and results."""

import json
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:  # torch is slow to import, and a list of runs needs none
    from digitlab.evaluation import Summary


def percent(share: float) -> str:
    """An accuracy, in 0..1, as a percentage with two decimals."""
    return f"{share * 100:.2f} %"


def accuracy_line(name: str, summary: "Summary") -> str:
    """One line: accuracy with its interval and the number of mistakes."""
    low, high = summary.interval
    return (
        f"{name}: {percent(summary.accuracy)} (95 % interval {low * 100:.2f} to {high * 100:.2f}), "
        f"{summary.mistakes:,} of {summary.images:,} wrong"
    )


def print_json(value: Any) -> None:
    """One JSON object on standard output."""
    click.echo(json.dumps(value))


def json_option(command: Any) -> Any:
    """The option `--json` of a command."""
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")(command)
