"""`digitlab backup`: all runs, sweeps and drawings in one file."""

from pathlib import Path

import click

from digitlab.cli.output import json_option, plain, print_json
from digitlab.formats import count
from digitlab.settings import Settings


@click.command()
@click.argument("target", metavar="FILE|FOLDER", type=click.Path(path_type=Path))
@json_option
@click.pass_obj
def backup(settings: Settings, target: Path, as_json: bool) -> None:
    """Write all runs, sweeps and your own drawings into one zip file, whole or not at all.

    A FOLDER gets a file named by the time; a name without an ending is a folder's, which is made. Runs and sweeps may
    be under way: each is copied as it stands at one moment; restored, Resume goes on from what was last saved.
    Checkpoints and public data sets are not in it.
    """
    from digitlab.backup.back_up import back_up

    made = back_up(target, settings)
    if as_json:
        print_json(
            {
                "file": str(made.file),
                "runs": made.runs,
                "sweeps": made.sweeps,
                "drawings": made.drawings,
                "bytes": made.file.stat().st_size,
                "left_out": dict(made.left_out),
            }
        )
        return
    for name, reason in made.left_out.items():
        click.echo(f"Left out: {name}. {reason}", err=True)
    totals = f"runs {count(made.runs)}, sweeps {count(made.sweeps)}, drawings {count(made.drawings)}"
    click.echo(plain(f"Backed up: {totals}."), err=True)
    click.echo(str(made.file))
