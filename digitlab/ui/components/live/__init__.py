"""The live channel as components see it: a pad hands its drawing in, an element says what it wants to see of it.

The script is put before that of each component that takes part; the server's side is `ui.app.live_socket`.
"""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple

LIVE_JS = (Path(__file__).parent / "live.js").read_text(encoding="utf-8")


class Shown(NamedTuple):
    """A model as a view shows it: its id, what people call it, and its colour, `#rrggbb`."""

    id: str
    title: str
    colour: str


Lane = Literal["quick", "slow"]
"""A view that takes more than a frame's time has the slow lane, so that the answers of all pens never wait for it."""


def wish(
    pad: str,
    view: str,
    models: Sequence[Shown],
    *,
    without: Collection[str] = (),
    decides: str = "",
    parameters: Mapping[str, Any] | None = None,
    lane: Lane = "quick",
) -> dict[str, Any]:
    """What an element wants to see of the drawing on a pad, as its data carry it to the browser.

    view: a name of `reading.live.VIEWS`. without, decides, parameters: as in `reading.live.Question`. lane: the one
    that the view is registered for.
    """
    return {
        "pad": pad,
        "view": view,
        "models": [list(model) for model in models],
        "without": sorted(without),
        "decides": decides,
        "parameters": dict(parameters or {}),
        "lane": lane,
    }
