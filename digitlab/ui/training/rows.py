"""The table of all runs as a data frame. Pure: it arranges what it is given."""

import dataclasses
from collections.abc import Sequence

import pandas as pd  # type: ignore[import-untyped]

from digitlab.config import TrainConfig
from digitlab.runs.overview import RunOverview

_ALWAYS = ("model", "data")
_NEVER = ("name",)


def rows(overviews: Sequence[RunOverview]) -> pd.DataFrame:
    """A row for each run, in the given order: label, state, results, and the settings in which the runs differ.

    Accuracies are in percent; what a run does not have is missing.
    """
    tests = sorted({data for overview in overviews for data in overview.accuracies})
    columns = {
        "★": ["★" if o.starred else "" for o in overviews],
        "Name": [o.name for o in overviews],
        "State": ["checkpoint" if o.kind == "checkpoint" else str(o.state) for o in overviews],
        "Model": [o.config.model for o in overviews],
        "Data": [o.config.data for o in overviews],
        "Best validation": [_percent(o.best_validation_accuracy) for o in overviews],
        **{f"Test {data}": [_percent(o.accuracies.get(data)) for o in overviews] for data in tests},
        "Seconds": [o.seconds if o.step else None for o in overviews],
        "Created": pd.to_datetime([o.created for o in overviews], errors="coerce", utc=True),
    }
    settings = {_title(name): [getattr(o.config, name) for o in overviews] for name in differing(overviews)}
    return pd.DataFrame({**columns, **settings})


def differing(overviews: Sequence[RunOverview]) -> list[str]:
    """The settings that are not the same in all runs, in the config's order; model and data have their own columns."""
    names = [field.name for field in dataclasses.fields(TrainConfig) if field.name not in _ALWAYS + _NEVER]
    return [name for name in names if len({getattr(overview.config, name) for overview in overviews}) > 1]


def _percent(share: float | None) -> float | None:
    return None if share is None else 100 * share


def _title(name: str) -> str:
    return name.replace("_", " ").capitalize()
