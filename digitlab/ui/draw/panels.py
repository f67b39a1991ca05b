"""The panels below the answers: each looks at the drawing more closely, and costs nothing while it is closed."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st

from digitlab.image.prepare import Prepared
from digitlab.runs.listing import Entry
from digitlab.ui.app import address
from digitlab.ui.components.drawing import Given, Pad
from digitlab.ui.draw.epochs import show_epochs
from digitlab.ui.draw.map import show_map
from digitlab.ui.draw.steps import pick_steps, show_steps
from digitlab.ui.draw.why import show_why


@dataclass(frozen=True)
class Look:
    """What a panel looks at. pad: whose drawing it is, None for a picture. without: steps that were left out."""

    prepared: Prepared | None
    pad: Pad | None
    models: Sequence[Entry]
    without: Collection[str]

    @property
    def at(self) -> Pad | np.ndarray | None:
        """What the live channel is to look at: the pad that is drawn on, else the image."""
        if self.pad is not None and self.pad.is_live:
            return self.pad
        return self.prepared.image if self.prepared else None


@dataclass(frozen=True)
class Panel:
    """title: on its switch. help: what it answers, a sentence."""

    title: str
    help: str
    show: Callable[[Look], None]


PANELS: Mapping[str, Panel] = {
    "steps": Panel(
        "Step by step",
        "how a drawing becomes 28×28 pixels, and what the models would say after each step",
        lambda look: show_steps(look.prepared, look.models, look.without, look.pad),
    ),
    "why": Panel(
        "Why?",
        "which parts of the drawing speak for the answer and against it, and what each layer of a network makes of it",
        lambda look: show_why(look.models, look.at),
    ),
    "epochs": Panel(
        "Through the epochs",
        "what each model would have said after every epoch of its training, with the loss and the weights in step",
        lambda look: show_epochs(look.models, look.at),
    ),
    "map": Panel(
        "Map",
        "where the drawing lies among test images as each model sees them, and which are nearest to it",
        lambda look: show_map(look.models, look.at),
    ),
}
"""Name in the address → panel, in the order in which they are shown."""


def pick_panels() -> tuple[Sequence[str], frozenset[str]]:
    """Show the switches; gives back which panels are open, and which steps of the preparation to leave out."""
    chosen: list[str] = st.pills(
        "Look closer",
        list(PANELS),
        selection_mode="multi",
        **address.several(
            "panels", PANELS, help=" ".join(f"{panel.title}: {panel.help}." for panel in PANELS.values())
        ),
        format_func=lambda name: PANELS[name].title,
    )
    return [name for name in PANELS if name in chosen], pick_steps() if "steps" in chosen else frozenset()


def show_panels(names: Sequence[str], given: Given, look: Look) -> None:
    """Show the open panels. Call it in the fragment that draws."""
    if names and given is not None and not isinstance(given, Prepared):
        st.caption("These panels look at one digit. Draw one, or say that the picture shows one.")
        return
    for name in names:
        PANELS[name].show(look)
