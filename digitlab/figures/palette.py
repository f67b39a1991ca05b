"""The colours of the house: the same for the same thing on every page, and told apart by colour-blind people.

Source: Paul Tol's schemes "bright" and "muted", https://personal.sron.nl/~pault/ (checked on light and dark).
"""

from collections.abc import Mapping, Sequence

MODELS = ("#4477AA", "#EE6677", "#228833", "#CCBB44", "#66CCEE", "#AA3377")
"""Models, in the order in which they were chosen."""

DIGITS = (
    "#332288",
    "#88CCEE",
    "#44AA99",
    "#117733",
    "#999933",
    "#DDCC77",
    "#CC6677",
    "#882255",
    "#AA4499",
    "#999999",
)
"""The digits 0 to 9."""


def places(chosen: Sequence[str], before: Mapping[str, int]) -> dict[str, int]:
    """A place in the palette for each chosen model: name -> 0, 1, 2, …

    before: the places so far. A model keeps its place as long as it stays chosen, so that its colour never changes
    because another one came or went; a new one takes the first that is free.
    """
    kept = {name: before[name] for name in chosen if name in before}
    free = (place for place in range(len(chosen) + len(kept)) if place not in kept.values())
    return {name: kept[name] if name in kept else next(free) for name in chosen}


def model_colour(place: int) -> str:
    """The colour of a place; after the last one they begin again."""
    return MODELS[place % len(MODELS)]
