"""`digitlab predict`: what a model reads in pictures."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from digitlab.cli.formats import json_option, print_json
from digitlab.errors import BlankDrawing

if TYPE_CHECKING:
    import numpy as np


@click.command()
@click.argument("model")
@click.argument("pictures", nargs=-1, required=True, metavar="PICTURE…")
@json_option
def predict(model: str, pictures: tuple[str, ...], as_json: bool) -> None:
    """Read the digit in each PICTURE (PNG, JPEG or WebP) with MODEL (a checkpoint, a run id or a run's folder)."""
    from digitlab.predictor import Predictor
    from digitlab.runs.catalog import find_run_or_folder

    predictor = Predictor(find_run_or_folder(model))
    readings = [(name, predictor.read(_image(name))) for name in pictures]
    if as_json:
        rows = [
            {"picture": name, "digit": r.digit, "probabilities": r.probabilities.tolist(), "ms": r.milliseconds}
            for name, r in readings
        ]
        print_json({"model": predictor.name, "predictions": rows})
        return
    for name, reading in readings:
        share = reading.probabilities[reading.digit]
        click.echo(f"{click.format_filename(name)}: {reading.digit} ({share * 100:.1f} %)")


def _image(name: str) -> "np.ndarray":
    from digitlab.picture import open_picture
    from digitlab.preprocess import prepare_picture

    try:
        return prepare_picture(open_picture(Path(name))).image
    except BlankDrawing as error:
        raise BlankDrawing(f"{name}: {error}") from error
