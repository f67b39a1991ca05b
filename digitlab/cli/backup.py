"""`digitlab backup`: all runs and drawings in one file."""

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
    """Write all runs and your own drawings into one zip file, whole or not at all.

    A FOLDER gets a file named by the time; a name without an ending is a folder's, which is made. Runs may be under
    way: each is copied as it stands at one moment, and when it is restored, Resume goes on from its last saved step.
    Checkpoints and public data sets are not in it.
    """
    from digitlab.runs.backup import back_up

    made = back_up(target, settings)
    if as_json:
        print_json(
            {
                "file": str(made.file),
                "runs": made.runs,
                "drawings": made.drawings,
                "bytes": made.file.stat().st_size,
                "left_out": dict(made.left_out),
            }
        )
        return
    for name, reason in made.left_out.items():
        click.echo(f"Left out: {name}. {reason}", err=True)
    click.echo(plain(f"Backed up: runs {count(made.runs)}, drawings {count(made.drawings)}."), err=True)
    click.echo(str(made.file))
