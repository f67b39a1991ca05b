"""A finished run becomes a checkpoint: the parts that ship, and a card that says where they come from."""

import shutil
from pathlib import Path
from typing import Any

from digitlab.errors import BadRun
from digitlab.runs.files import write_text
from digitlab.runs.run import CHECKPOINT_NAME, Run
from digitlab.runs.status import State

_SHIPPED = ("config.json", "status.json", "results.json", "history.jsonl", "weights.safetensors")
_LONGEST_NAME = 40
_SOURCES = {
    "mnist": "MNIST: Y. LeCun, C. Cortes, C. J. C. Burges, CC BY-SA 3.0.",
    "pen": (
        "Pen digits: UNIPEN train_r01_v07, category 1a, I. Guyon et al., ICPR 1994, doi:10.1109/ICPR.1994.576870, "
        "distributed as doi:10.5281/zenodo.1195803, CC BY 4.0. Split by writer."
    ),
    "sklearn": "scikit-learn's digits: E. Alpaydin, C. Kaynak, 1998, doi:10.24432/C50P49, CC BY 4.0.",
}


def check_checkpoint_name(name: str) -> None:
    """Raises BadRun when a checkpoint cannot have this name."""
    if len(name) > _LONGEST_NAME or not CHECKPOINT_NAME.fullmatch(name):
        raise BadRun(
            f"A checkpoint cannot be called {name[:_LONGEST_NAME]!r}. Use at most {_LONGEST_NAME} lower-case letters, "
            "digits and single hyphens."
        )


def publish(run: Run, target: Path, command: str) -> Run:
    """Copy a finished run to `target`, in place of what is there, with a card.

    command: what made the run, for the card. Raises BadRun when the run is not done.
    """
    if run.state is not State.DONE:
        raise BadRun(f"{run.id} is {run.state}, not done. Only finished runs become checkpoints.")
    building = target.with_name(f".{target.name}")
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(parents=True)
    for name in _SHIPPED:
        shutil.copy(run.folder / name, building / name)
    for name in ("snapshots", "evaluations"):
        shutil.copytree(run.folder / name, building / name)
    write_text(building / "card.md", write_card(run, target.name, command))
    old = target.with_name(f".{target.name}-old")
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():  # moved aside, and deleted only when the new one stands in its place
        target.rename(old)
    building.rename(target)
    shutil.rmtree(old, ignore_errors=True)
    return Run(target)


def write_card(run: Run, name: str, command: str) -> str:
    """The card of a checkpoint as Markdown: what it is, what made it, and its figures with their intervals."""
    config, status, results = run.config, run.status, run.results
    figures = [_figure(data, summary) for data, summary in results["test"].items()]
    settings = [f"- {key}: {value!r}" for key, value in config.to_dict().items()]
    sources = [f"- {_SOURCES[data]}" for data in config.data.split("+")]
    return "\n".join(
        [
            f"# {name}",
            "",
            f"Model `{config.model}`, {results['parameters']:,} parameters, trained on `{config.data}` with seed "
            f"{config.seed}.",
            f"Epoch {status.best_epoch} of {config.epochs} has the lowest validation loss and was chosen by it. "
            f"Training took {status.seconds:.0f} s.",
            "",
            "| test part | accuracy | 95 % interval | mistakes |",
            "| --- | --- | --- | --- |",
            *figures,
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


def _figure(data: str, summary: dict[str, Any]) -> str:
    low, high = summary["interval"]
    return (
        f"| {data} | {summary['accuracy'] * 100:.2f} % | {low * 100:.2f} to {high * 100:.2f} % "
        f"| {summary['mistakes']} of {summary['images']:,} |"
    )
