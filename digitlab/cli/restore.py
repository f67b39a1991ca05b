"""`digitlab restore`: the runs and drawings of a backup are put back."""

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
    """Put the runs and drawings of a backup back, all of them or none.

    Of a FOLDER the newest backup is taken. Every file is checked first. Nothing that is here is overwritten: a run or
    drawing that is here already stays as it is, and the command says so.
    """
    from digitlab.runs.restore import restore as put_back

    found = put_back(source, settings)
    if as_json:
        print_json({**dataclasses.asdict(found), "file": str(found.file)})
        return
    for run_id in found.different:
        click.echo(
            f"{run_id} exists here with other content and stays as it is. To restore the backup's, delete it first.",
            err=True,
        )
    click.echo(
        plain(
            f"Restored: runs {count(len(found.restored))}, drawings {count(found.drawings)}. Here already: runs "
            f"{count(len(found.already_here) + len(found.different))}, drawings {count(found.drawings_here)}."
        ),
        err=True,
    )
    for run_id in found.restored:
        click.echo(run_id)
