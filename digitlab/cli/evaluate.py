"""`digitlab evaluate`: a model's accuracy on a data set or an ink file."""

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

import click

from digitlab.cli.formats import accuracy_line, json_option, percent, print_json
from digitlab.config import Settings

if TYPE_CHECKING:
    from digitlab.data.parts import Part
    from digitlab.runs.run import Run


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
    is_file = _is_file(name)
    scores = score(run, _load(name, run, is_file), kept_as=None if is_file else name)
    summary = summarize(scores.logits, scores.labels)
    if as_json:
        print_json({"model": run.id, "data": name, **dataclasses.asdict(summary)})
        return
    click.echo(accuracy_line(f"{run.id} on {name}", summary))
    for digit, recall in summary.per_class.items():
        click.echo(f"  {digit}: {percent(recall)}")


def _is_file(data: str) -> bool:
    """Told from a data set by its dot or slash, so that a file called mnist never takes the place of MNIST."""
    return "/" in data or "." in data


def _load(data: str, run: "Run", is_file: bool) -> "Part":
    if is_file:
        from digitlab.data.ink_file import read_ink_file
        from digitlab.data.pen import render

        return render(read_ink_file(Path(data)))
    from digitlab.data.parts import PartName
    from digitlab.data.registry import load_part

    return load_part(data, PartName.TEST, Settings.from_environment().data, run.config.validation_share)
