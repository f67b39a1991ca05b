"""`digitlab export`: a model's scores, weights, network, history or card as files that other programs read."""

from pathlib import Path

import click

from digitlab.cli.named_data import data_option, is_at_hand, model_argument, score_named
from digitlab.cli.output import json_option, print_json
from digitlab.errors import BadConfig
from digitlab.export.exports import EXPORTS, write_export
from digitlab.files import write_bytes
from digitlab.runs.listing import Catalogue
from digitlab.runs.run import Run
from digitlab.settings import Settings

_CSV = "csv"
"""The one format that also depends on data."""


@click.command()
@model_argument
@click.option(
    "--format",
    "form",
    required=True,
    type=click.Choice((_CSV, *EXPORTS)),
    help="csv: A line per test image with all ten probabilities, calibrated. "
    + " ".join(f"{name}: {one.words}" for name, one in EXPORTS.items())
    + ' onnx and tensorboard need pip install ".[export]".',
)
@click.option(
    "-o",
    "--output",
    "file",
    required=True,
    type=click.Path(path_type=Path),
    help="The file to write; for tensorboard and huggingface the folder.",
)
@data_option
@json_option
@click.pass_obj
def export(settings: Settings, model: str, form: str, file: Path, data: str | None, as_json: bool) -> None:
    """Write what MODEL (a checkpoint, a run id or a run's folder) says of test images, or what it is, to a file."""
    run = Catalogue(settings).find_or_folder(model)
    if form != _CSV and data is not None:
        raise BadConfig(f"The format {form} is the same for all data. Leave --data out, or choose --format csv.")
    if form == _CSV:
        content = _csv(run, run.config.data if data is None else data, settings)
        write_bytes(file, content, remedy="Name another file by -o.")
        files = [file]
    else:
        files = write_export(EXPORTS[form], run, file)
    written = files[0] if len(files) == 1 else file
    if as_json:
        size = sum(one.stat().st_size for one in files)
        print_json({"model": run.id, "format": form, "file": str(written), "bytes": size})
    else:
        click.echo(str(written))


def _csv(run: Run, data: str, settings: Settings) -> bytes:
    from digitlab.metrics.predictions import to_csv
    from digitlab.runs.scores import calibrated, read_scores

    scores = None if is_at_hand(data, settings) else read_scores(run, data)
    return to_csv(calibrated(run, scores or score_named(run, data, settings)[0])).encode()
