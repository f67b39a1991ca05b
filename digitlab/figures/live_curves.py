"""Curves that grow, for Vega-Lite: such a chart changes in place and keeps the zoom while points arrive.

The description is written out, not built by Altair, which takes ten milliseconds to do so, and each second again.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped]

from digitlab.figures.style import model_colour
from digitlab.figures.training import COLOURS, TRAINING, VALIDATION, Panel, Point, smooth

HEIGHT = 270
"""Pixels of every chart, with or without points, so that nothing jumps."""

MOST_SMOOTHING = 0.99
"""The highest weight of a moving average that is offered."""

_FEW = 36
"""Epochs whose dots can be told apart, and then the area of a dot."""

_QUIET = {"clip": True, "aria": False}
"""Every mark: within the axes, and without words of its own: one hears those of the whole chart, not of each point."""

_SCHEMA = pa.schema(
    [
        ("epoch", pa.float64()),
        ("value", pa.float64()),
        ("raw", pa.float64()),
        ("part", pa.string()),
        ("run", pa.string()),
    ]
)


def live_table(panel: Panel, curves: Mapping[str, Sequence[Point]], smoothing: float = 0.0) -> pa.Table:
    """The points of one run or several as columns; the same columns when there are none.

    curves: what a run is called → its points. smoothing: weight of the moving average, see `smooth`; the curves of a
    panel that is not noisy stay as they are. `value` is smoothed, `raw` is not.
    """
    rows = []
    for run, points in curves.items():
        for part in panel.curves:
            mine = [point for point in points if point.part == part]
            raw = [point.value for point in mine]
            values = smooth(raw, smoothing) if panel.noisy else raw
            rows += [
                {"epoch": point.epoch, "value": value, "raw": point.value, "part": part, "run": run}
                for point, value in zip(mine, values, strict=True)
            ]
    return pa.Table.from_pylist(rows, _SCHEMA)


def live_spec(panel: Panel, epochs: int, runs: Sequence[str] = ()) -> dict[str, Any]:
    """The description of a panel's chart over all epochs of the training; its axes are there before the first point.

    It knows no point: a chart whose description changed would start anew.
    runs: the names of several runs whose curves lie over each other, each in a colour of its own, and the training
    dashed; empty for one run, whose training and validation have two colours.
    """
    parts = "true" if panel.whole_epochs else f"datum.part === '{VALIDATION}'"
    line = {"mark": {"type": "line", "strokeWidth": 2, **_QUIET}, "params": [_zoom()]}
    if runs:
        line["encoding"] = {"strokeDash": _dashes(panel)}
    dots = {
        "mark": {"type": "circle", "size": _FEW if epochs <= _FEW else 6, "opacity": 1, **_QUIET},
        "transform": [{"filter": parts}],
    }
    return {
        "title": panel.title,
        "height": HEIGHT,
        "encoding": {
            "x": _axis("epoch", "epoch", {"domain": [0, max(1, epochs)]}, {"tickMinStep": 1}),
            "y": _height(panel, "value"),
            "color": _colour_of_runs(runs) if runs else _colour(panel),
            "detail": {"field": "part", "type": "nominal"},
            "tooltip": _tooltip(panel, bool(runs)),
        },
        "layer": [*_raw(panel), line, dots],
    }


def _raw(panel: Panel) -> list[dict[str, Any]]:
    """The curve before smoothing, faint behind the other; where nothing is smoothed the other covers it."""
    if not panel.noisy:
        return []
    mark = {"type": "line", "strokeWidth": 1.5, "opacity": 0.3, **_QUIET}
    return [{"mark": mark, "encoding": {"y": _height(panel, "raw"), "tooltip": None}}]


def _axis(field: str, title: str | None, scale: dict[str, Any], axis: dict[str, Any]) -> dict[str, Any]:
    return {"field": field, "type": "quantitative", "title": title, "scale": scale, "axis": axis}


def _height(panel: Panel, field: str) -> dict[str, Any]:
    title = panel.axis or panel.unit or None
    return _axis(field, title, {"zero": panel.from_zero}, {"format": ".4~g", "tickCount": 5})


def _legend(panel: Panel) -> dict[str, Any]:
    return {
        "title": None,
        "orient": "bottom-right" if panel.rises else "top-right",
        "direction": "horizontal",
        "symbolOpacity": 1,
    }


def _colour(panel: Panel) -> dict[str, Any]:
    parts = list(panel.curves)
    return {
        "field": "part",
        "type": "nominal",
        "scale": {"domain": parts, "range": [COLOURS[part] for part in parts]},
        "legend": _legend(panel) if len(parts) > 1 else None,
    }


def _colour_of_runs(runs: Sequence[str]) -> dict[str, Any]:
    return {
        "field": "run",
        "type": "nominal",
        "scale": {"domain": list(runs), "range": [model_colour(number) for number in range(len(runs))]},
        "legend": None,  # beside the charts, once for all of them
    }


def _dashes(panel: Panel) -> dict[str, Any]:
    """Validation as a whole line and training dashed, said in a legend of its own."""
    return {
        "field": "part",
        "type": "nominal",
        "scale": {"domain": [VALIDATION, TRAINING], "range": [[1, 0], [3, 3]]},
        "legend": _legend(panel) if len(panel.curves) > 1 else None,
    }


def _tooltip(panel: Panel, with_run: bool) -> list[dict[str, Any]]:
    unit = f" ({panel.unit})" if panel.unit else ""
    run = [{"field": "run", "type": "nominal"}] if with_run else []
    raw = [{"field": "raw", "type": "quantitative", "title": f"not smoothed{unit}", "format": panel.number}]
    return [
        *run,
        {"field": "part", "type": "nominal", "title": "curve"},
        {"field": "epoch", "type": "quantitative", "format": ".2~f"},
        {"field": "value", "type": "quantitative", "title": f"{panel.title.lower()}{unit}", "format": panel.number},
        *(raw if panel.noisy else []),
    ]


def _zoom() -> dict[str, Any]:
    """The wheel zooms with Ctrl only, so that a page with charts can still be scrolled."""
    select = {"type": "interval", "zoom": "wheel![event.ctrlKey || event.metaKey]"}
    return {"name": "zoom", "select": select, "bind": "scales"}
