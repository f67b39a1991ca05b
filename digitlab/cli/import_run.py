"""`digitlab import-run`: a run that was downloaded elsewhere becomes one of this installation's."""

from pathlib import Path

import click

from digitlab.cli.output import json_option, print_json
from digitlab.settings import Settings


@click.command("import-run")
@click.argument("archive", type=click.Path(path_type=Path))
@json_option
@click.pass_obj
def import_run(settings: Settings, archive: Path, as_json: bool) -> None:
    """Add the run in ARCHIVE, a zip file that Download on the page Train made, under a new id.

    Every file of it is checked first, and nothing in it is executed.
    """
    from digitlab.runs.archive import unpack_file  # imports torch

    run = unpack_file(archive, settings.runs)
    if as_json:
        print_json({"run": run.id, "folder": str(run.folder)})
    else:
        click.echo(run.id)
