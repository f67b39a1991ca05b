"""`digitlab train`: train a run in this process and keep everything in its folder."""

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from digitlab.cli.formats import json_option, percent, print_json
from digitlab.config import CHECKPOINTS, CHOICES, Settings, TrainConfig
from digitlab.errors import BadConfig
from digitlab.presets import PRESETS, find_preset

if TYPE_CHECKING:
    from digitlab.runs.run import Run


def _config_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """An option for every field of TrainConfig; what is not given keeps the preset's value."""
    for field in reversed(dataclasses.fields(TrainConfig)):
        option = "--" + field.name.replace("_", "-")
        words = f"  One of {', '.join(CHOICES[field.name])}." if field.name in CHOICES else ""
        help_text = f"Default {field.default!r} unless a preset says otherwise.{words}"
        command = click.option(option, field.name, type=field.type, default=None, help=help_text)(command)
    return command


@click.command()
@click.option("--preset", help=f"Start from a named config: {', '.join(PRESETS)}.")
@click.option("--config", "file", type=click.Path(path_type=Path), help="Start from a saved config.json.")
@_config_options
@click.option("--checkpoint", help="Afterwards, keep the run under this name in checkpoints/.")
@click.option("--snapshots", type=click.IntRange(0, 1000), help="How many snapshots a checkpoint keeps. Default 8.")
@json_option
def train(
    preset: str | None,
    file: Path | None,
    checkpoint: str | None,
    snapshots: int | None,
    as_json: bool,
    **changes: Any,
) -> None:
    """Train a model; its run folder appears under runs/ and grows while it learns."""
    config = _start_config(preset, file).replace(**{name: v for name, v in changes.items() if v is not None})
    from digitlab.cli.progress import Progress
    from digitlab.jobs.publish import SNAPSHOTS, check_checkpoint_name, publish
    from digitlab.jobs.training_job import check_config, work
    from digitlab.runs.run import Run

    check_config(config)
    if checkpoint is not None:
        check_checkpoint_name(checkpoint)
    run = Run.create(Settings.from_environment().runs, config)
    click.echo(f"Run {run.id} in {run.folder}", err=True)
    with run.lock(), Progress(config.epochs) as progress:
        work(run, progress)
    if checkpoint is not None:
        command = _command({"preset": preset, **changes, "checkpoint": checkpoint, "snapshots": snapshots})
        run = publish(run, CHECKPOINTS / checkpoint, command, SNAPSHOTS if snapshots is None else snapshots)
    _print_result(run, as_json)


def _start_config(preset: str | None, file: Path | None) -> TrainConfig:
    if preset is not None and file is not None:
        raise BadConfig("Give --preset or --config, not both.")
    if file is None:
        return find_preset(preset).config if preset else TrainConfig()
    try:
        saved = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadConfig(f"{file} cannot be read: {error.strerror}. Name a JSON file with a config.") from error
    except (ValueError, RecursionError) as error:
        raise BadConfig(f"{file} is no JSON. Name a JSON file with a config.") from error
    if not isinstance(saved, dict):
        raise BadConfig(f"{file} holds no JSON object. Name a JSON file with a config.")
    return TrainConfig.from_dict(saved)


def _command(given: dict[str, Any]) -> str:
    """The command that was given, for the card."""
    options = [f"--{name.replace('_', '-')} {value}" for name, value in given.items() if value is not None]
    return " ".join(["python -m digitlab train", *options])


def _print_result(run: "Run", as_json: bool) -> None:
    results, status = run.results, run.status
    if as_json:
        print_json({"run": run.id, "folder": str(run.folder), "seconds": status.seconds, **results})
        return
    for data, summary in results["test"].items():
        click.echo(f"{data}: {percent(summary['accuracy'])} on the test part, {summary['mistakes']:,} mistakes")
    click.echo(run.id)
