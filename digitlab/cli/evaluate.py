"""`digitlab evaluate`: a model's accuracy on a data set or an ink file."""

import dataclasses

import click

from digitlab.cli.named_data import data_option, model_argument, score_named
from digitlab.cli.output import accuracy_line, json_option, percent, print_json
from digitlab.runs.listing import Catalogue
from digitlab.settings import Settings


@click.command()
@model_argument
@data_option
@json_option
@click.pass_obj
def evaluate(settings: Settings, model: str, data: str | None, as_json: bool) -> None:
    """Score MODEL (a checkpoint, a run id or a run's folder) and print its accuracy, per class too."""
    from digitlab.metrics.summary import summarize
    from digitlab.runs.scores import calibrated

    run = Catalogue(settings).find_or_folder(model)
    name = run.config.data if data is None else data
    scores, _ = score_named(run, name, settings)
    summary = summarize(calibrated(run, scores))
    if as_json:
        print_json({"model": run.id, "data": name, **dataclasses.asdict(summary)})
        return
    click.echo(accuracy_line(f"{run.id} on {name}", summary))
    for digit, recall in summary.per_class.items():
        click.echo(f"  {digit}: {percent(recall)}")
