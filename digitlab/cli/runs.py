"""`digitlab runs`: a table of all checkpoints and runs."""

from typing import Any

import click

from digitlab.cli.formats import json_option, print_json
from digitlab.errors import DigitlabError
from digitlab.runs.catalog import list_checkpoints, list_runs
from digitlab.runs.run import Run


@click.command()
@json_option
def runs(as_json: bool) -> None:
    """List the shipped checkpoints and all runs, newest first."""
    rows = [_row(run) for run in list_checkpoints() + list_runs()]
    if as_json:
        print_json({"runs": rows})
        return
    if not rows:
        click.echo("No run yet. Start one: python -m digitlab train --preset quick")
    for row in rows:
        accuracies = ", ".join(f"{data} {accuracy * 100:.2f} %" for data, accuracy in row["accuracies"].items())
        click.echo(f"{row['run']:<36} {row['state']:<12} {row['model']:<10} {row['data']:<10} {accuracies}")


def _row(run: Run) -> dict[str, Any]:
    try:
        config, status, results = run.config, run.status, run.results
        tests = results.get("test", {})
        return {
            "run": run.id,
            "name": config.name,
            "state": run.state,
            "model": config.model,
            "data": config.data,
            "epoch": status.epoch,
            "epochs": config.epochs,
            "accuracies": {data: float(summary["accuracy"]) for data, summary in tests.items()},
            "message": status.message,
        }
    except (DigitlabError, KeyError, TypeError, ValueError, AttributeError) as error:
        return {
            "run": run.id,
            "name": "",
            "state": "damaged",
            "model": "",
            "data": "",
            "accuracies": {},
            "message": str(error),
        }
