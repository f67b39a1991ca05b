"""`digitlab download`: the data sets that have to be fetched."""

import click

from digitlab.cli.output import json_option, print_json
from digitlab.cli.progress import progress_bar
from digitlab.settings import Settings


@click.command()
@click.argument("name", type=click.Choice(["mnist", "pen"]))
@json_option
@click.pass_obj
def download(settings: Settings, name: str, as_json: bool) -> None:
    """Fetch a data set into the data folder (DIGITLAB_DATA): mnist (12 MB), or pen, UNIPEN's digits.

    A download that broke off goes on where it stopped; what is there already is left as it is.
    """
    from digitlab.data.mnist import download_mnist
    from digitlab.data.pen_download import download_pen

    with progress_bar() as progress:
        {"mnist": download_mnist, "pen": download_pen}[name](settings.data, progress)
    if as_json:
        print_json({"data": name, "folder": str(settings.data)})
    else:
        click.echo(str(settings.data))
