"""`digitlab import-unipen`: UNIPEN's isolated digits as an ink file."""

from pathlib import Path

import click

from digitlab.cli.output import json_option, print_json
from digitlab.formats import count


@click.command("import-unipen")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("-o", "--output", "file", required=True, type=click.Path(path_type=Path), help="The ink file to write.")
@json_option
def import_unipen(folder: Path, file: Path, as_json: bool) -> None:
    """Make an ink file of the digits in FOLDER, UNIPEN's train_r01_v07 unpacked (doi:10.5281/zenodo.1195803).

    It is packed by gzip when its name ends in .gz; the pen digits are read from pen-digits/pen-digits*.jsonl.gz in the
    data folder (DIGITLAB_DATA), where `digitlab download pen` puts UNIPEN's without this command.
    """
    from digitlab.ink.ink_file import write_ink_file
    from digitlab.ink.unipen_folder import read_unipen

    found = read_unipen(folder)
    write_ink_file(file, found.drawings)
    writers = len({drawing.writer for drawing in found.drawings})
    if as_json:
        left_out = dict(sorted(found.left_out.items()))
        print_json({"file": str(file), "drawings": len(found.drawings), "writers": writers, "left_out": left_out})
        return
    reasons = ", ".join(f"{count(number)} × {reason}" for reason, number in sorted(found.left_out.items()))
    click.echo(
        f"{count(len(found.drawings))} drawings from {count(writers)} writers; left out: {reasons or 'nothing'}.",
        err=True,
    )
    click.echo(str(file))
