"""Curves that grow, for Vega-Lite: such a chart changes in place and keeps the zoom while points arrive.

The description is written out, not built by Altair, which takes ten milliseconds to do so, and each second again.
"""

from collections.abc import Sequence
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped]

from digitlab.figures.training import COLOURS, VALIDATION, Panel, Point

HEIGHT = 270
"""Pixels of every chart, with or without points, so that nothing jumps."""

_FEW = 36
"""Epochs whose dots can be told apart, and then the area of a dot."""

_SCHEMA = pa.schema([("epoch", pa.float64()), ("value", pa.float64()), ("part", pa.string())])


def live_table(points: Sequence[Point]) -> pa.Table:
    """The points as columns; the same columns when there are none."""
    return pa.Table.from_pylist([point._asdict() for point in points], _SCHEMA)


def live_spec(panel: Panel, epochs: int) -> dict[str, Any]:
    """The description of a panel's chart over all epochs of the training; its axes are there before the first point.

    It knows no point: a chart whose description changed would start anew.
    """
    line = {"mark": {"type": "line", "strokeWidth": 2, "clip": True}, "params": [_zoom()]}
    dots = {
        "mark": {"type": "circle", "size": _FEW if epochs <= _FEW else 6, "opacity": 1, "clip": True},
        "transform": [{"filter": "true" if panel.whole_epochs else f"datum.part === '{VALIDATION}'"}],
    }
    return {
        "title": panel.title,
        "height": HEIGHT,
        "encoding": {
            "x": _axis("epoch", "epoch", {"domain": [0, max(1, epochs)]}, {"tickMinStep": 1}),
            "y": _axis("value", panel.unit or None, {"zero": panel.from_zero}, {"format": ".4~g", "tickCount": 5}),
            "color": _colour(panel),
            "tooltip": _tooltip(panel),
        },
        "layer": [line, dots],
    }


def _axis(field: str, title: str | None, scale: dict[str, Any], axis: dict[str, Any]) -> dict[str, Any]:
    return {"field": field, "type": "quantitative", "title": title, "scale": scale, "axis": axis}


def _colour(panel: Panel) -> dict[str, Any]:
    parts = list(panel.curves)
    corner = "bottom-right" if panel.rises else "top-right"
    return {
        "field": "part",
        "type": "nominal",
        "scale": {"domain": parts, "range": [COLOURS[part] for part in parts]},
        "legend": {"title": None, "orient": corner, "direction": "horizontal"} if len(parts) > 1 else None,
    }


def _tooltip(panel: Panel) -> list[dict[str, Any]]:
    unit = f" ({panel.unit})" if panel.unit else ""
    return [
        {"field": "part", "type": "nominal", "title": "curve"},
        {"field": "epoch", "type": "quantitative", "format": ".2~f"},
        {"field": "value", "type": "quantitative", "title": f"{panel.title.lower()}{unit}", "format": panel.number},
    ]


def _zoom() -> dict[str, Any]:
    """The wheel zooms with Ctrl only, so that a page with charts can still be scrolled."""
    select = {"type": "interval", "zoom": "wheel![event.ctrlKey || event.metaKey]"}
    return {"name": "zoom", "select": select, "bind": "scales"}
