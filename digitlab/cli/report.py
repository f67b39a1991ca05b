"""`digitlab report`: a model's evaluation as one HTML file."""

from pathlib import Path

import click

from digitlab.cli.named_data import data_option, is_at_hand, model_argument, score_named
from digitlab.cli.output import json_option, print_json
from digitlab.files import write_text
from digitlab.runs.listing import Catalogue
from digitlab.settings import Settings


@click.command()
@model_argument
@click.option("-o", "--output", "file", required=True, type=click.Path(path_type=Path), help="The HTML file to write.")
@data_option
@json_option
@click.pass_obj
def report(settings: Settings, model: str, file: Path, data: str | None, as_json: bool) -> None:
    """Write the evaluation of MODEL (a checkpoint, a run id or a run's folder) as one HTML file that works offline."""
    from digitlab.report.page import write_report
    from digitlab.runs.scores import read_scores

    run = Catalogue(settings).find_or_folder(model)
    name = run.config.data if data is None else data
    images = None
    scores = None if is_at_hand(name, settings) else read_scores(run, name)
    if scores is None:
        scores, part = score_named(run, name, settings)
        images = part.images.numpy()
    html = write_report(run, name, scores, images)
    write_text(file, html, remedy="Name another file by -o.")
    if as_json:
        print_json({"model": run.id, "data": name, "file": str(file)})
    else:
        click.echo(str(file))
