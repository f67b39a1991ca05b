"""`digitlab train`: train a run in this process and write everything into its folder."""

import dataclasses
import json
import shlex
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

from digitlab import settings as installation
from digitlab.cli.output import json_option, percent, print_json
from digitlab.cli.progress import TrainingProgress
from digitlab.config import CHOICES, MEANINGS, RANGES, TrainConfig
from digitlab.errors import BadConfig
from digitlab.formats import count
from digitlab.presets import PRESETS, find_preset
from digitlab.settings import Settings

if TYPE_CHECKING:
    from digitlab.runs.run import Run


def _config_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """An option for every field of TrainConfig; what is not given keeps the preset's value."""
    for field in reversed(dataclasses.fields(TrainConfig)):
        option = "--" + field.name.replace("_", "-")
        command = click.option(
            option, field.name, type=field.type, default=None, help=_help(field), shell_complete=_complete(field.name)
        )(command)
    return command


def _help(field: "dataclasses.Field[Any]") -> str:
    """What the setting means, what it takes, and its default."""
    allowed = f" One of {', '.join(CHOICES[field.name])}." if field.name in CHOICES else ""
    if field.name in RANGES:
        low, high = RANGES[field.name]
        allowed = f" From {low:g} to {high:g}."
    default = f"{field.default}" if field.default != "" else "none"
    return f"{MEANINGS[field.name]}{allowed} Default {default}, unless a preset says otherwise."


def _complete(name: str) -> Callable[..., list[CompletionItem]]:
    def complete(_context: click.Context, _option: click.Parameter, begun: str) -> list[CompletionItem]:
        return [CompletionItem(word) for word in CHOICES.get(name, ()) if word.startswith(begun)]

    return complete


@click.command()
@click.option("--preset", type=str, help=f"Start from a named config: {', '.join(PRESETS)}.")
@click.option("--config", "file", type=click.Path(path_type=Path), help="Start from a saved config.json.")
@_config_options
@click.option("--checkpoint", help="Afterwards, publish the run under this name in checkpoints/.")
@click.option("--snapshots", type=click.IntRange(0, 1000), help="How many snapshots a checkpoint ships. Default 8.")
@json_option
@click.pass_obj
def train(
    settings: Settings,
    preset: str | None,
    file: Path | None,
    checkpoint: str | None,
    snapshots: int | None,
    as_json: bool,
    **changes: Any,
) -> None:
    """Train a model; its run folder appears under runs/ and grows while it learns."""
    config = start_config(preset, file).replace(**{name: v for name, v in changes.items() if v is not None})
    from digitlab.jobs.launcher import LocalLauncher
    from digitlab.jobs.start import check_config
    from digitlab.jobs.training_job import work
    from digitlab.runs.publish import SNAPSHOTS, check_checkpoint_name, publish
    from digitlab.runs.run import Run

    config = check_config(config, settings, LocalLauncher(settings))  # whoever starts jobs, this process trains
    if checkpoint is not None:
        check_checkpoint_name(checkpoint)
    run = Run.create(settings.runs, config)
    click.echo(f"Run {run.id} in {run.folder}", err=True)
    with run.lock(), TrainingProgress(config.epochs) as progress:
        work(run, settings, progress.hooks, progress=progress.data)
    if checkpoint is not None:
        given = {"preset": preset, "config": file, **changes, "checkpoint": checkpoint, "snapshots": snapshots}
        target = installation.CHECKPOINTS / checkpoint
        run = publish(run, target, command_line(given), SNAPSHOTS if snapshots is None else snapshots)
    _print_result(run, as_json)


def start_config(preset: str | None, file: Path | None) -> TrainConfig:
    """The config that a command starts from: a preset's, a saved one, or the default. Raises BadConfig, UnknownName."""
    if preset is not None and file is not None:
        raise BadConfig("Give --preset or --config, not both.")
    if file is None:
        return find_preset(preset).config if preset else TrainConfig()
    try:
        saved = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadConfig(f"{file} cannot be read: {error.strerror}. Name a JSON file with a config.") from error
    except (ValueError, RecursionError) as error:
        raise BadConfig(f"{file} is not JSON. Name a JSON file with a config.") from error
    if not isinstance(saved, dict):
        raise BadConfig(f"{file} holds no JSON object. Name a JSON file with a config.")
    return TrainConfig.from_dict(saved)


def command_line(given: Mapping[str, Any]) -> str:
    """The command that was given, quoted for a shell, for the card. given: option → value, None for one left out."""
    words = ["digitlab", "train"]
    for name, value in given.items():
        if value is not None:
            words += [f"--{name.replace('_', '-')}", str(value)]
    return shlex.join(words)


def _print_result(run: "Run", as_json: bool) -> None:
    results, status = run.results, run.status
    if as_json:
        print_json({"run": run.id, "folder": str(run.folder), "seconds": status.seconds, **results})
        return
    for data, summary in results.get("test", {}).items():
        click.echo(f"{data}: {percent(summary['accuracy'])} on the test part, {count(summary['mistakes'])} mistakes")
    click.echo(run.id)
