"""`digitlab runs`: a table of all checkpoints and runs."""

from typing import Any

import click

from digitlab.cli.output import json_option, percent, print_json
from digitlab.runs.listing import Catalogue, Damaged, Entry
from digitlab.settings import Settings

_COLUMNS = "{run:<36} {state:<12} {model:<10} {data:<10} {accuracies}"


@click.command()
@json_option
@click.pass_obj
def runs(settings: Settings, as_json: bool) -> None:
    """List the shipped checkpoints and all runs, newest first."""
    found = Catalogue(settings).everything()
    rows = [_row(one) for one in sorted(found, key=lambda one: not one.run.is_checkpoint)]
    if as_json:
        print_json({"runs": rows})
        return
    if not rows:
        click.echo("No run yet. Start one: digitlab train --preset quick")
        return
    click.echo(_COLUMNS.format(run="RUN", state="STATE", model="MODEL", data="DATA", accuracies="TEST ACCURACY"))
    for row in rows:
        accuracies = ", ".join(f"{data} {percent(accuracy)}" for data, accuracy in row["accuracies"].items())
        click.echo(_COLUMNS.format(**{**row, "accuracies": accuracies}).rstrip())


def _row(one: Entry | Damaged) -> dict[str, Any]:
    if isinstance(one, Damaged):
        return {
            "run": one.run.id,
            "name": "",
            "state": "damaged",
            "model": "",
            "data": "",
            "accuracies": {},
            "message": one.reason,
        }
    return {
        "run": one.id,
        "name": one.title,
        "state": one.state,
        "model": one.config.model,
        "data": one.config.data,
        "epoch": one.status.epoch,
        "epochs": one.config.epochs,
        "accuracies": one.accuracies,
        "message": one.status.message,
    }
