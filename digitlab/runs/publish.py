"""A finished run becomes a checkpoint: the parts that ship, and a card that says where they come from."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from digitlab.config import TrainConfig
from digitlab.data.dataset import data_title, find_datasets
from digitlab.errors import BadRun, NotSaved
from digitlab.files import saving, write_text
from digitlab.folders import move_folder, scratch_folder
from digitlab.formats import count, interval, percent
from digitlab.runs.results import Figures, Results
from digitlab.runs.run import CHECKPOINT_NAME, Run
from digitlab.runs.status import State, Status

_ALWAYS = ("config.json", "status.json", "results.json", "weights.safetensors")
_SHIPPED = (*_ALWAYS, "history.jsonl")
"""A run of no epochs has no history."""

_LONGEST_NAME = 40
SNAPSHOTS = 8
"""What a checkpoint ships of its past unless told otherwise: each snapshot is half as large as the weights."""


def check_checkpoint_name(name: str) -> None:
    """Raises BadRun when a checkpoint cannot have this name."""
    if len(name) > _LONGEST_NAME or not CHECKPOINT_NAME.fullmatch(name):
        raise BadRun(
            f"A checkpoint cannot be called {name[:_LONGEST_NAME]!r}. Use at most {_LONGEST_NAME} lower-case letters, "
            "digits and single hyphens."
        )


def publish(run: Run, target: Path, command: str, snapshots: int = SNAPSHOTS) -> Run:
    """Copy a finished run to `target`, in place of what is there, with a card.

    command: what made the run, for the card. snapshots: how many of the run's it ships at most.
    Raises BadRun when the run is not done, NotSaved when there is no room or no right; then the old one stays.
    """
    if run.state is not State.DONE:
        raise BadRun(f"{run.id} is {run.state}, not done. Only finished runs become checkpoints.")
    with scratch_folder(target.parent) as scratch:
        building = scratch / target.name
        with saving(target):
            _copy(run, building, snapshots)
        write_text(building / "card.md", write_card(run, target.name, command))
        _put_in_place(building, target)
    return Run(target)


def _copy(run: Run, building: Path, snapshots: int) -> None:
    building.mkdir()
    for name in _SHIPPED:
        if name in _ALWAYS or (run.folder / name).is_file():
            shutil.copy(run.folder / name, building / name)
    evaluations = sorted((run.folder / "evaluations").glob("*.npz"))
    for name, files in (("evaluations", evaluations), ("snapshots", _some(run.snapshots, snapshots))):
        (building / name).mkdir()
        for file in files:
            shutil.copy(file, building / name / file.name)


def _put_in_place(building: Path, target: Path) -> None:
    """The old one is moved aside, deleted only when the new one stands in its place, and moved back otherwise."""
    old = target.with_name(f".{target.name}-old")
    if old.exists() and not target.exists():  # this process was killed here the last time
        move_folder(old, target)
    shutil.rmtree(old, ignore_errors=True)
    had_one = target.exists()
    if had_one:
        move_folder(target, old)
    try:
        move_folder(building, target)
    except NotSaved:
        if had_one:
            move_folder(old, target)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _some(snapshots: Sequence[Path], most: int) -> list[Path]:
    """The first, the last, and few between: dense at the start, where most is learned, then ever sparser."""
    numbers = np.unique(np.rint(np.geomspace(max(1, len(snapshots)), 1, most)).astype(int))
    return [snapshots[number - 1] for number in numbers if number <= len(snapshots)]


def write_card(run: Run, name: str, command: str) -> str:
    """The card of a checkpoint as Markdown: what it is, what made it, and its figures with their intervals."""
    config, status, results = run.config, run.status, run.results
    parameters = results.get("parameters", 0)
    donors = results.get("donors", {})
    doubt = results.get("doubt", {"temperature": 1.0, "threshold": 0.0})
    figures = [
        line
        for data, summary in results.get("test", {}).items()
        for line in [
            _figure(data_title(data), summary),
            *(_figure(f"{data_title(data)}, collected by {who}", one) for who, one in donors.get(data, {}).items()),
        ]
    ]
    settings = [f"- {key}: {value!r}" for key, value in config.to_dict().items()]
    if computed := results.get("computed"):
        settings.append(f"- computed on: {computed['device']}, in {computed['precision']}")
    sources = [f"- {one.source}" for one in find_datasets(config.data)]
    return "\n".join(
        [
            f"# {name}",
            "",
            f"Model `{config.model}`, {parameters:,} parameters, trained on {data_title(config.data)} "
            f"with seed {config.seed}.",
            _training(config, status),
            "",
            "| test images | accuracy | 95 % interval | mistakes |",
            "| --- | --- | --- | --- |",
            *figures,
            "",
            f"Probabilities are divided by a temperature of {doubt['temperature']:.2f}; below a probability of "
            f"{doubt['threshold']:.3f} the model says that it is not sure. Both follow from the validation images "
            "by rules that were fixed before: the temperature with the least loss, and the threshold that 99 % of the "
            "digits that it reads right stay above.",
            *_sureness(results),
            "",
            "Made by:",
            "",
            f"    {command}",
            "",
            "Settings:",
            "",
            *settings,
            "",
            "Data:",
            "",
            *sources,
            "",
        ]
    )


def _sureness(results: Results) -> list[str]:
    """How often it is sure, in a sentence or two; none where that was not measured."""
    found = results.get("sureness")
    if not found:
        return []
    said = (
        f"Of {found['digits']:,} pen digits of unseen people it is sure of {percent(found['sure'], 1)}, and of "
        f"{percent(found['wrong'], 1)} sure and wrong."
    )
    if "letters" in found:
        said += (
            f" Of {found['letters']:,} letters that look like no digit, by unseen people, it is sure of "
            f"{percent(found['letters_sure'], 1)}."
        )
    return [said.replace("\u202f", " ")]


def _training(config: TrainConfig, status: Status) -> str:
    start = f"It starts from the weights of `{config.start_from}`. " if config.start_from else ""
    if not config.epochs:
        return f"{start}No epoch was trained."
    saved = (
        f"The weights are those of the last of {config.epochs} epochs"
        if config.keep == "last"
        else f"Epoch {status.chosen_epoch} of {config.epochs} was chosen: it has the lowest validation loss"
    )
    return f"{start}{saved}. Training took {status.seconds:.0f} s."


def _figure(data: str, summary: Figures) -> str:
    """A row of the table, with plain spaces: the card is also read in terminals."""
    row = (
        f"| {data} | {percent(summary['accuracy'], 2)} | {interval(summary['interval'])} "
        f"| {count(summary['mistakes'])} of {count(summary['images'])} |"
    )
    return row.replace("\u202f", " ")
