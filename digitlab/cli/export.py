"""`digitlab export`: a model's scores, weights, network or history as a file that other programs read."""

from pathlib import Path

import click

from digitlab.cli.named_data import data_option, is_at_hand, model_argument, score_named
from digitlab.cli.output import json_option, print_json
from digitlab.config import Settings
from digitlab.errors import BadConfig, BadRun
from digitlab.files import write_bytes
from digitlab.runs.listing import Catalogue
from digitlab.runs.run import Run

_FORMATS = ("csv", "safetensors", "onnx", "torchscript", "tensorboard")


@click.command()
@model_argument
@click.option(
    "--format",
    "form",
    required=True,
    type=click.Choice(_FORMATS),
    help="csv: a line per test image with all ten probabilities, calibrated. safetensors: the weights. onnx, "
    "torchscript: the network, from grey values (uint8, N×28×28, white ink on black) to calibrated probabilities "
    '(N×10). tensorboard: the curves of the training. onnx and tensorboard need pip install ".[export]".',
)
@click.option(
    "-o",
    "--output",
    "file",
    required=True,
    type=click.Path(path_type=Path),
    help="The file to write; for tensorboard the folder.",
)
@data_option
@json_option
@click.pass_obj
def export(settings: Settings, model: str, form: str, file: Path, data: str | None, as_json: bool) -> None:
    """Write what MODEL (a checkpoint, a run id or a run's folder) says of test images, or what it is, to a file."""
    run = Catalogue(settings).find_or_folder(model)
    if form != "csv" and data is not None:
        raise BadConfig(f"The format {form} is the same for all data. Leave --data out, or choose --format csv.")
    if form == "tensorboard":
        from digitlab.export.event_file import write_events

        file = write_events(run, file)
    else:
        content = _csv(run, run.config.data if data is None else data, settings) if form == "csv" else _model(run, form)
        write_bytes(file, content, remedy="Name another file by -o.")
    if as_json:
        print_json({"model": run.id, "format": form, "file": str(file), "bytes": file.stat().st_size})
    else:
        click.echo(str(file))


def _csv(run: Run, data: str, settings: Settings) -> bytes:
    from digitlab.metrics.predictions import to_csv
    from digitlab.runs.scores import calibrated, read_scores

    scores = None if is_at_hand(data, settings) else read_scores(run, data)
    return to_csv(calibrated(run, scores or score_named(run, data, settings)[0])).encode()


def _model(run: Run, form: str) -> bytes:
    """The weights or the network. Only the format that is asked for is imported: each needs seconds."""
    if form == "onnx":
        from digitlab.export.onnx_file import to_onnx

        return to_onnx(run)
    if form == "torchscript":
        from digitlab.export.torchscript_file import to_torchscript

        return to_torchscript(run)
    return _weights(run)


def _weights(run: Run) -> bytes:
    """The weights, read by their model first, so that a damaged file does not travel on."""
    from digitlab.models import build_model
    from digitlab.runs.weights import load_weights

    load_weights(run.weights, build_model(run.config.model))
    try:
        return run.weights.read_bytes()
    except OSError as error:
        raise BadRun(f"{run.weights} cannot be read: {error.strerror}. Choose another run.") from error
