"""`digitlab predict`: what a model reads in pictures."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from digitlab.cli.formats import json_option, print_json
from digitlab.errors import BlankDrawing

if TYPE_CHECKING:
    import numpy as np

    from digitlab.predictor import Predictor, Reading
    from digitlab.segmentation import Box


@click.command()
@click.argument("model")
@click.argument("pictures", nargs=-1, required=True, metavar="PICTURE…")
@click.option("--number", is_flag=True, help="Find several digits in each picture and read them in order.")
@json_option
def predict(model: str, pictures: tuple[str, ...], number: bool, as_json: bool) -> None:
    """Read the digit in each PICTURE (PNG, JPEG or WebP) with MODEL (a checkpoint, a run id or a run's folder)."""
    from digitlab.predictor import Predictor
    from digitlab.runs.catalog import find_run_or_folder

    predictor = Predictor(find_run_or_folder(model))
    if number:
        _print_numbers(predictor, pictures, as_json)
        return
    readings = [(name, predictor.read(_image(name))) for name in pictures]
    if as_json:
        rows = [{"picture": name, **_as_dict(r)} for name, r in readings]
        print_json({"model": predictor.name, "predictions": rows})
        return
    for name, reading in readings:
        share = reading.probabilities[reading.digit]
        doubt = "" if reading.sure else ", not sure"
        click.echo(f"{click.format_filename(name)}: {reading.digit} ({share * 100:.1f} %{doubt})")


def _print_numbers(predictor: "Predictor", pictures: Sequence[str], as_json: bool) -> None:
    from digitlab.numbers import as_text, find_number, read_number

    rows: list[dict[str, Any]] = []
    for name in pictures:
        ink = _ink(name)
        digits = find_number(ink, predictor)
        readings = read_number(digits, predictor)
        found = [{"box": _shares(d.box, ink), **_as_dict(r)} for d, r in zip(digits, readings, strict=True)]
        rows.append({"picture": name, "text": as_text(digits, readings), "digits": found})
    if as_json:
        print_json({"model": predictor.name, "predictions": rows})
        return
    for row in rows:
        click.echo(f"{click.format_filename(row['picture'])}: {row['text']}")


def _shares(box: "Box", ink: "np.ndarray") -> list[float]:
    """Left, top, right and bottom as shares of the picture's width and height."""
    height, width = ink.shape
    return [round(side / whole, 4) for side, whole in zip(box, (width, height, width, height), strict=True)]


def _as_dict(reading: "Reading") -> dict[str, Any]:
    return {
        "digit": reading.digit,
        "probabilities": reading.probabilities.tolist(),
        "sure": reading.sure,
        "ms": reading.milliseconds,
    }


def _image(name: str) -> "np.ndarray":
    from digitlab.preprocess import prepare_grey

    return prepare_grey(_ink(name)).image


def _ink(name: str) -> "np.ndarray":
    from digitlab.picture import find_ink, open_picture

    try:
        return find_ink(open_picture(Path(name)))
    except BlankDrawing as error:
        raise BlankDrawing(f"{name}: {error}") from error
