"""The card of a checkpoint as Markdown; and what every card says: what it is, its figures, how sure, from what."""

from collections.abc import Iterator

from digitlab.config import TrainConfig
from digitlab.data.dataset import data_title, find_datasets
from digitlab.formats import count, interval, percent
from digitlab.runs.label import read_label
from digitlab.runs.results import Figures, Results
from digitlab.runs.run import Run
from digitlab.runs.status import Status


def write_card(run: Run, name: str, command: str) -> str:
    """The card of a checkpoint: what it is, what made it, its notes, and its figures with their intervals.

    Raises BadRun when a file of the run is damaged.
    """
    results = run.results
    settings = [f"- {key}: {value!r}" for key, value in run.config.to_dict().items()]
    if computed := results.get("computed"):
        settings.append(f"- computed on: {computed['device']}, in {computed['precision']}")
    return "\n".join(
        [
            f"# {name}",
            "",
            *introduction(run),
            "",
            *table_of_figures(_named_figures(results)),
            "",
            *sureness(results),
            "",
            *_notes(run),
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
            *sources(run.config),
            "",
        ]
    )


def _notes(run: Run) -> list[str]:
    """What people noted of it, such as what else was tried and how it was chosen; nothing where nobody did."""
    found = read_label(run).notes.strip()
    return ["Notes:", "", *found.splitlines(), ""] if found else []


def introduction(run: Run) -> list[str]:
    """Which architecture on which data, and whose weights they are, a line each."""
    config, parameters = run.config, run.results.get("parameters", 0)
    return [
        f"Model `{config.model}`, {parameters:,} parameters, trained on {data_title(config.data)} "
        f"with seed {config.seed}.",
        _training(config, run.status),
    ]


def _training(config: TrainConfig, status: Status) -> str:
    start = f"It starts from the weights of `{config.start_from}`. " if config.start_from else ""
    if not config.epochs:
        return f"{start}No epoch was trained."
    saved = (
        f"The weights are those of the last of {config.epochs} epochs"
        if config.keep == "last"
        else f"Epoch {status.chosen_epoch} of {config.epochs} was chosen: it has the lowest validation loss"
    )
    distilled = config.epochs_of_distillation
    others = "".join(f" and those of `{teacher}`" for teacher in config.teacher_names)
    answers = f"Epochs at the end that learned from its own answers{others}, too: {distilled}. " if distilled else ""
    return f"{start}{saved}. {answers}Training took {status.seconds:.0f} s."


def _named_figures(results: Results) -> Iterator[tuple[str, Figures]]:
    """The figures on each data set, and below them those of each collection that its drawings came from."""
    donors = results.get("donors", {})
    for data, figures in results.get("test", {}).items():
        yield data_title(data), figures
        for who, one in donors.get(data, {}).items():
            yield f"{data_title(data)}, collected by {who}", one


def table_of_figures(named: Iterator[tuple[str, Figures]]) -> list[str]:
    """A Markdown table, with plain spaces: a card is also read in terminals. named: what was read, with its figures."""
    rows = [
        f"| {name} | {percent(one['accuracy'], 2)} | {interval(one['interval'])} "
        f"| {count(one['mistakes'])} of {count(one['images'])} |"
        for name, one in named
    ]
    return [
        "| test images | accuracy | 95 % interval | mistakes |",
        "| --- | --- | --- | --- |",
        *(row.replace("\u202f", " ") for row in rows),
    ]


def sureness(results: Results) -> list[str]:
    """Temperature and threshold, and how often it is sure where that was measured, a line each."""
    doubt = results.get("doubt", {"temperature": 1.0, "threshold": 0.0})
    lines = [
        f"Probabilities are divided by a temperature of {doubt['temperature']:.2f}; below a probability of "
        f"{doubt['threshold']:.3f} the model says that it is not sure. Both follow from the validation images "
        "by rules that were fixed before: the temperature with the least loss, and the threshold that 99 % of the "
        "digits that it reads right stay above."
    ]
    if found := results.get("sureness"):
        said = (
            f"Of {found['digits']:,} pen digits of unseen people it is sure of {percent(found['sure'], 1)}, and of "
            f"{percent(found['wrong'], 1)} sure and wrong."
        )
        if "letters" in found:
            said += (
                f" Of {found['letters']:,} letters that look like no digit, by unseen people, it is sure of "
                f"{percent(found['letters_sure'], 1)}."
            )
        lines.append(said.replace("\u202f", " "))
    return lines


def sources(config: TrainConfig) -> list[str]:
    """Who made the data and under which licence, a list item for each data set."""
    return [f"- {one.source}" for one in find_datasets(config.data)]
