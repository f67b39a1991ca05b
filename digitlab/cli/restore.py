"""`digitlab restore`: the runs, sweeps and drawings of a backup are put back."""

import dataclasses
from pathlib import Path

import click

from digitlab.cli.output import json_option, plain, print_json
from digitlab.formats import count
from digitlab.settings import Settings


@click.command()
@click.argument("source", metavar="FILE|FOLDER", type=click.Path(path_type=Path))
@json_option
@click.pass_obj
def restore(settings: Settings, source: Path, as_json: bool) -> None:
    """Put the runs, sweeps and drawings of a backup back, all of them or none.

    Of a FOLDER the newest backup is taken. Every file is checked first. Nothing that is here is overwritten: a run,
    sweep or drawing that is here already stays as it is, and the command says so.
    """
    from digitlab.backup.restore import restore as put_back

    found = put_back(source, settings)
    if as_json:
        print_json({**dataclasses.asdict(found), "file": str(found.file)})
        return
    for one in (*found.sweeps_different, *found.different):
        click.echo(
            f"{one} exists here with other content and stays as it is. To restore the backup's, delete it first.",
            err=True,
        )
    click.echo(
        plain(
            f"Restored: runs {count(len(found.restored))}, sweeps {count(len(found.sweeps))}, "
            f"drawings {count(found.drawings)}. Here already: "
            f"runs {count(len(found.already_here) + len(found.different))}, "
            f"sweeps {count(len(found.sweeps_already_here) + len(found.sweeps_different))}, "
            f"drawings {count(found.drawings_here)}."
        ),
        err=True,
    )
    for one in (*found.sweeps, *found.restored):
        click.echo(one)
