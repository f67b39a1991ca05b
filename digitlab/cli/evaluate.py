"""`digitlab evaluate`: a model's accuracy on a data set or an ink file."""

import dataclasses

import click

from digitlab.cli.formats import accuracy_line, json_option, percent, print_json
from digitlab.cli.named_data import is_file, load_named


@click.command()
@click.argument("model")
@click.option("--data", help="A data set's name (its test part) or an ink file's path. Default: the run's own data.")
@json_option
def evaluate(model: str, data: str | None, as_json: bool) -> None:
    """Score MODEL (a checkpoint, a run id or a run's folder) and print its accuracy, per class too."""
    from digitlab.evaluation import summarize
    from digitlab.runs.catalog import find_run_or_folder
    from digitlab.runs.scoring import score

    run = find_run_or_folder(model)
    name = run.config.data if data is None else data
    part = load_named(name, run.config.validation_share)
    scores = score(run, part, kept_as=None if is_file(name) else name)
    summary = summarize(scores.logits, scores.labels)
    if as_json:
        print_json({"model": run.id, "data": name, **dataclasses.asdict(summary)})
        return
    click.echo(accuracy_line(f"{run.id} on {name}", summary))
    for digit, recall in summary.per_class.items():
        click.echo(f"  {digit}: {percent(recall)}")
