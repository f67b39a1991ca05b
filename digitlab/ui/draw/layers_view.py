"""Feature maps of every layer on this drawing, the filter behind a map, and the arithmetic of one of its pixels."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from html import escape
from typing import Any

import numpy as np

from digitlab.explain.arithmetic import Convolved, Patch, Pooled, Rectified
from digitlab.figures.style import limit_of
from digitlab.formats import adding_up, count, signed
from digitlab.reading.why import FOLLOW, WhyLayers
from digitlab.ui.components.live import Shown
from digitlab.ui.components.signed_map import asking, large_map, scale, small_map
from digitlab.ui.draw.why import framed, nothing

_LISTED = 7
"""Input maps that are named in a sum beside the one that is shown; the others are one line."""

_MOST, _PIXELS, _PIXELS_A_MAP = 128, 27_500, 75
"""Maps that are shown; their pixels in all, less so many for each map's button, above which they are thinned out: an
answer stays below 60 kB, and 32 maps of 28×28 are whole."""

_HELP = "The layers in the order in which the image passes them, and the size of what each one makes."

_ANEW = {"row": FOLLOW, "input": FOLLOW}
"""Another map starts at its brightest pixel."""


def live_layers(value: WhyLayers | None, models: Sequence[Shown], _without: Collection[str]) -> dict[str, Any]:
    """The view's value as the browser gets it."""
    if value is None:
        return nothing("layers")
    body = (
        f'{_layers(value)}{_tiles(value)}<div class="two">{_map(value)}<div>{_pixel(value)}{_filter(value)}</div></div>'
    )
    return {"html": framed("feature maps", body, models, value.models, value.model), "next": None}


def _layers(value: WhyLayers) -> str:
    options = "".join(
        f'<option value="{escape(one.module)}"{" selected" if one == value.layer else ""}>{escape(one.name)} · '
        f"{count(one.shape[0])} of {one.shape[1]}×{one.shape[2]}</option>"
        for one in value.layers
    )
    return f'<p class="choose" title="{_HELP}"><label>Layer <select data-ask="layer">{options}</select></label></p>'


def _tiles(value: WhyLayers) -> str:
    limit = limit_of(value.maps)
    shown = value.maps[:_MOST]
    every = math.ceil(math.sqrt(shown.size / (_PIXELS - _PIXELS_A_MAP * len(shown))))
    tiles = "".join(
        f'<button type="button" class="tile" {asking({"map": number, **_ANEW})} '
        f'aria-pressed="{str(number == value.map).lower()}" aria-label="Map {number}">'
        f"{small_map(one[::every, ::every], limit)}</button>"
        for number, one in enumerate(shown)
    )
    more = (
        f'<p class="quiet">The first {_MOST} of {count(len(value.maps))} maps.</p>' if len(value.maps) > _MOST else ""
    )
    name = f"Feature maps of {escape(value.layer.name)}"
    return f'<div class="tiles many" role="group" aria-label="{name}">{tiles}</div>{more}'


def _map(value: WhyLayers) -> str:
    chosen, limit = value.maps[value.map], limit_of(value.maps)
    picture = large_map(
        chosen,
        limit,
        f"Map {value.map} of {value.layer.name}",
        f"Row {value.row + 1}, column {value.column + 1}: {signed(float(chosen[value.row, value.column]))}",
        asks={"map": value.map},
        marked=(value.row, value.column),
    )
    is_signed = bool(value.maps.min() < 0)
    meaning = "activation: negative (blue) or positive (red)" if is_signed else "activation"
    return f'<div class="large">{picture}{scale(limit, meaning, is_signed=is_signed)}</div>'


def _pixel(value: WhyLayers) -> str:
    """How the pixel came about."""
    how = value.arithmetic
    title = f"<h4>Map {value.map}, row {value.row + 1}, column {value.column + 1}: how it is computed</h4>"
    if how is None:
        return f"{title}<p>This kind of layer is not taken apart here.</p>"
    if isinstance(how, Convolved):
        return title + convolved_html(how, value.input)
    if isinstance(how, Pooled):
        rule = "the largest" if how.takes_largest else "the mean"
        return (
            f"{title}<p>{rule.capitalize()} of these values is {signed(how.value)}.</p>{_table(how.values, 'values')}"
        )
    if isinstance(how, Rectified):
        return f"{title}<p>The larger of 0 and {signed(how.given)} is {signed(how.value)}.</p>"
    scaled = f"({signed(how.given)} − {_plain(how.mean)}) / {how.deviation:.2f}"
    if (how.scale, how.shift) != (1.0, 0.0):
        scaled += f" × {_plain(how.scale)} {'−' if how.shift < 0 else '+'} {abs(how.shift):.2f}"
    return f"{title}<p>Shifted and scaled: {scaled} = {signed(how.value)}, up to rounding.</p>"


def _plain(value: float) -> str:
    return f"({signed(value)})" if value < 0 else f"{value:.2f}"


def convolved_html(how: Convolved, number: int) -> str:
    """Patch × kernel of one input map, number by number, and the sum over all of them with the bias.

    number: of the input map. All is rounded together, so that products, totals and the bias add up as shown.
    """
    chosen = how.patches[number]
    others = sorted((one for one in how.patches if one is not chosen), key=lambda one: -abs(one.total))
    named, rest = others[:_LISTED], others[_LISTED:]
    size = chosen.kernel.size
    amounts = [*chosen.products.ravel().tolist(), *(one.total for one in named)]
    *rounded, left, bias = adding_up([*amounts, sum(one.total for one in rest), how.bias])
    products = np.array(rounded[:size]).reshape(chosen.kernel.shape)
    total = float(products.sum())
    return (
        f'<div class="product">{_table(chosen.values, "patch", chosen.inside)}<span>×</span>'
        f"{_table(chosen.kernel, 'kernel')}<span>=</span>{_table(products, 'products')}</div>"
        f"{_sum(how, chosen, total, list(zip(named, rounded[size:], strict=True)), (len(rest), left), bias)}"
        '<p class="quiet">Rounded so that the shown numbers add up exactly. Beyond the edge (·) a map counts as 0.</p>'
    )


def _sum(
    how: Convolved,
    chosen: Patch,
    total: float,
    named: Sequence[tuple[Patch, float]],
    rest: tuple[int, float],
    bias: float,
) -> str:
    """The lines of the sum: every input map that is named can be chosen, to see its products."""
    lines = [(_input(chosen, True) if len(how.patches) > 1 else "sum of the products", total)]
    lines += [(_input(one, False), part) for one, part in named]
    if rest[0]:
        lines.append((f"the other {count(rest[0])} input maps", rest[1]))
    lines.append(("bias" if how.has_bias else "bias: none in this layer", bias))
    value = total + sum(part for _, part in named) + rest[1] + bias
    rows = "".join(f"<tr><td>{words}</td><td>{signed(part)}</td></tr>" for words, part in lines)
    return (
        f'<table class="sum"><tbody>{rows}<tr class="total"><th scope="row">the pixel</th><td>{signed(value)}</td></tr>'
        "</tbody></table>"
    )


def _input(one: Patch, is_shown: bool) -> str:
    return (
        f'<button type="button" {asking({"input": one.number})} aria-pressed="{str(is_shown).lower()}">'
        f"input map {one.number}</button>"
    )


def _table(values: np.ndarray, name: str, inside: np.ndarray | None = None) -> str:
    there = np.ones(values.shape, bool) if inside is None else inside
    cells = np.where(there, np.vectorize(signed, otypes=[object])(values), "·")
    rows = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in cells)
    return f'<table class="numbers"><caption>{name}</caption><tbody>{rows}</tbody></table>'


def _filter(value: WhyLayers) -> str:
    """The filter that the map comes from: a kernel for each input map."""
    if value.filter_of is None or value.kernels is None:
        return "<p>No filter has been at work yet: this map is still the image.</p>"
    limit, number = limit_of(value.kernels), len(value.kernels)
    kernels = "".join(f"<li>{small_map(one, limit)}</li>" for one in value.kernels[:_MOST])
    words = "one kernel, for the image" if number == 1 else f"a kernel for each of the {count(number)} maps before it"
    words += f", here the first {_MOST}" if number > _MOST else ""
    return (
        f"<h4>Filter {value.map} of {escape(value.filter_of.name)}: {words}</h4>"
        f'<ol class="kernels" aria-label="Kernels">{kernels}</ol>'
    )
