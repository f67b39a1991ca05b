"""label.json: what people say of a run, kept apart from its config, which never changes."""

from dataclasses import asdict, dataclass

from digitlab.errors import BadRun
from digitlab.runs.files import read_json, write_json
from digitlab.runs.run import Run

_LONGEST = 80


@dataclass(frozen=True)
class Label:
    """The run's name for people, and whether it is a favourite."""

    name: str
    starred: bool = False


def read_label(run: Run) -> Label:
    """The run's label; before anyone said anything, the name of its config. Raises BadRun when it is damaged."""
    if not (run.folder / "label.json").exists():
        return Label(run.config.name or run.id)
    saved = read_json(run.folder / "label.json")
    return Label(str(saved.get("name") or run.id)[:_LONGEST], saved.get("starred") is True)


def rename_run(run: Run, name: str) -> None:
    """Give the run another name. Raises BadRun when it is empty, over 80 characters or not printable."""
    name = name.strip()
    if not name or len(name) > _LONGEST or not name.isprintable():
        raise BadRun(f"A run cannot be called {name[:40]!r}. Use 1 to {_LONGEST} printable characters.")
    write_json(run.folder / "label.json", asdict(Label(name, read_label(run).starred)))


def star_run(run: Run, starred: bool) -> None:
    """Make the run a favourite, or no longer."""
    write_json(run.folder / "label.json", asdict(Label(read_label(run).name, starred)))
