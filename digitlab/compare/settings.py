"""The settings in which trainings differ."""

import dataclasses
from collections.abc import Sequence
from typing import Any

from digitlab.config import TrainConfig


def differing_settings(configs: Sequence[TrainConfig]) -> dict[str, list[Any]]:
    """Setting → its value in each config, for the settings that are not the same in all; the name is none of them."""
    names = [field.name for field in dataclasses.fields(TrainConfig) if field.name != "name"]
    values = {name: [getattr(config, name) for config in configs] for name in names}
    return {name: found for name, found in values.items() if len(set(found)) > 1}
