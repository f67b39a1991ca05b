"""`digitlab report`: a model's evaluation as one HTML file."""

from pathlib import Path

import click

from digitlab.cli.named_data import is_at_hand, is_file, load_named


@click.command()
@click.argument("model")
@click.option("-o", "--output", "file", required=True, type=click.Path(path_type=Path), help="The HTML file to write.")
@click.option("--data", help="A data set's name (its test part) or an ink file's path. Default: the run's own data.")
def report(model: str, file: Path, data: str | None) -> None:
    """Write the evaluation of MODEL (a checkpoint, a run id or a run's folder) as one HTML file that works offline."""
    from digitlab.files import write_text
    from digitlab.metrics.predictions import Predictions
    from digitlab.report import write_report
    from digitlab.runs.catalog import find_run_or_folder
    from digitlab.runs.reading import read_kept
    from digitlab.runs.scoring import score

    run = find_run_or_folder(model)
    name = run.config.data if data is None else data
    images = None
    scores = None if is_at_hand(name) else read_kept(run, name)
    if scores is None:
        part = load_named(name, run.config.validation_share)
        scores, images = score(run, part, kept_as=None if is_file(name) else name), part.images.numpy()
    html = write_report(run, name, Predictions(scores.logits, scores.labels), images)
    try:
        write_text(file, html)
    except OSError as error:
        raise click.ClickException(f"{file} cannot be written: {error.strerror}. Name another file by -o.") from error
    click.echo(str(file))
