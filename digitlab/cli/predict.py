"""`digitlab predict`: what a model reads in pictures."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from digitlab.cli.named_data import model_argument
from digitlab.cli.output import json_option, percent, print_json, print_trouble
from digitlab.errors import BadPicture, BlankDrawing
from digitlab.runs.listing import Catalogue
from digitlab.settings import Settings

if TYPE_CHECKING:
    import numpy as np

    from digitlab.image.segment import Box
    from digitlab.reading.predictor import Predictor, Reading

_STANDARD_INPUT = "-"
_SOME_FAILED = 2


@click.command()
@model_argument
@click.argument(
    "pictures", nargs=-1, required=True, metavar="PICTURE…", type=click.Path(allow_dash=True, path_type=str)
)
@click.option("--number", is_flag=True, help="Find several digits in each picture and read them in order.")
@json_option
@click.pass_obj
def predict(settings: Settings, model: str, pictures: tuple[str, ...], number: bool, as_json: bool) -> int:
    """Read the digit in each PICTURE (PNG, JPEG, WebP or GIF; - for standard input) with MODEL (a checkpoint, a run
    id or a run's folder).

    A picture that cannot be read gets a line on standard error; the others are read all the same.
    """
    from digitlab.reading.predictor import Predictor

    predictor = Predictor(Catalogue(settings).find_or_folder(model))
    read = _read_number if number else _read_digit
    rows = []
    for name in pictures:
        found, text = _try_to_read(name, predictor, read)
        rows.append({"picture": name, **found})
        if "error" in found:
            print_trouble(found["error"])
        elif not as_json:
            click.echo(f"{click.format_filename(name)}: {text}")
    if as_json:
        print_json({"model": predictor.name, "predictions": rows})
    return _SOME_FAILED if any("error" in row for row in rows) else 0


_Read = Callable[["np.ndarray", "Predictor"], tuple[dict[str, Any], str]]
"""Ink and predictor → what was found, for JSON, and the same for people."""


def _try_to_read(name: str, predictor: "Predictor", read: _Read) -> tuple[dict[str, Any], str]:
    try:
        ink = _ink(name)
    except (BadPicture, BlankDrawing) as error:
        return {"error": str(error)}, ""
    try:
        return read(ink, predictor)
    except (BadPicture, BlankDrawing) as error:
        return {"error": f"{_said(name)}: {error}"}, ""


def _read_digit(ink: "np.ndarray", predictor: "Predictor") -> tuple[dict[str, Any], str]:
    from digitlab.image.prepare import prepare_grey

    reading = predictor.read_all(prepare_grey(ink).image[None])[0]
    doubt = "" if reading.sure else ", not sure"
    return _as_dict(reading), f"{reading.digit} ({percent(reading.probability, 1)}{doubt})"


def _read_number(ink: "np.ndarray", predictor: "Predictor") -> tuple[dict[str, Any], str]:
    from digitlab.reading.number import as_text, find_number, read_number

    digits = find_number(ink, predictor)
    readings = read_number(digits, predictor)
    text = as_text(digits, readings)
    found = [{"box": _shares(d.box, ink), **_as_dict(r)} for d, r in zip(digits, readings, strict=True)]
    return {"text": text, "digits": found}, text


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


def _ink(name: str) -> "np.ndarray":
    from digitlab.image.photo import find_ink, open_picture

    source = sys.stdin.buffer.read() if name == _STANDARD_INPUT else Path(name)
    try:
        return find_ink(open_picture(source, _said(name)))
    except BlankDrawing as error:
        raise BlankDrawing(f"{_said(name)}: {error}") from error


def _said(name: str) -> str:
    """What errors call a picture."""
    return "standard input" if name == _STANDARD_INPUT else name
