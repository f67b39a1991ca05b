"""The part of the form for one setting: what is tried of it, as widgets, and read back as an axis."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from digitlab.config import ARCHITECTURES, CHOICES, MEANINGS, RANGES, TrainConfig, label_of
from digitlab.data.dataset import DATASETS
from digitlab.sweeps.plan import Method
from digitlab.sweeps.space import NOT_TRIED, Axis, Choice, Range, axis_from_text, is_whole

FIELDS = tuple(name for name in MEANINGS if name not in NOT_TRIED)
"""Settings that can be tried, the usual ones first."""

_HOWS = ("range", "range, by magnitude", "values")
_POINTS = 4
"""Of a grid, unless another number is chosen."""

_USUAL: Mapping[str, tuple[float, float]] = {
    "learning_rate": (0.0001, 0.1),
    "weight_decay": (0.0001, 1.0),
    "batch_size": (32, 512),
    "epochs": (2, 20),
    "training_images": (500, 50_000),
    "momentum": (0.0, 0.99),
    "dropout": (0.0, 0.5),
    "label_smoothing": (0.0, 0.2),
    "non_digits": (0.0, 0.5),
    "weight_averaging": (0.0, 0.999),
    "distillation_epochs": (0, 3),
    "validation_share": (0.05, 0.3),
}
"""Where a range begins and ends at first."""

_BY_MAGNITUDE = ("learning_rate", "weight_decay", "batch_size", "training_images")
"""Settings of which small and large amounts are tried alike at first."""


_NOTHING: Mapping[str, str] = {"start_from": "fresh random weights", "teachers": "none but itself"}
"""What an empty value is called."""


def key_of(field: str, part: str) -> str:
    """The session's name of a part of a setting's axis: `how`, `low`, `high`, `points` or `values`."""
    return f"sweep form: {field} {part}"


def ask_axis(field: str, method: str, base: TrainConfig) -> Axis:
    """Show the widgets of a setting in one row, and give back what is to be tried of it.

    Raises BadConfig when that is nothing which can be tried.
    """
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        if field not in RANGES:
            return _ask_words(field, base)
        how = st.selectbox(
            label_of(field),
            _HOWS,
            index=1 if field in _BY_MAGNITUDE else 0,
            key=key_of(field, "how"),
            width=190,
            help=f"{MEANINGS[field]} By magnitude: 0.001 to 0.01 is tried as often as 0.01 to 0.1.",
        )
        if how == "values":
            text = st.text_input(
                f"{label_of(field)}: values",
                f"{getattr(base, field):g}",
                key=key_of(field, "values"),
                width=260,
                help="The values that are tried, with commas between them.",
            )
            return axis_from_text(field, text)
        return _ask_range(field, method, log=how == "range, by magnitude")


def _ask_words(field: str, base: TrainConfig) -> Choice:
    known = {"model": ARCHITECTURES, "data": tuple(DATASETS), **CHOICES}.get(field, ())
    now = str(getattr(base, field))
    chosen = st.multiselect(
        label_of(field),
        list(dict.fromkeys([*known, now])),
        default=[now] if now else [],
        accept_new_options=field not in CHOICES,
        placeholder="Choose two or more",
        key=key_of(field, "values"),
        format_func=lambda word: word or _NOTHING.get(field, ""),
        help=f"{MEANINGS[field]} Each of the chosen values is tried.",
    )
    return Choice(tuple(chosen))


def _ask_range(field: str, method: str, *, log: bool) -> Range:
    low, high = _USUAL.get(field, RANGES[field])
    how: dict[str, Any] = {"step": 1, "format": "%d"} if is_whole(field) else {"step": 0.0001, "format": "%g"}
    kind = int if is_whole(field) else float
    ends = [
        st.number_input(
            f"{label_of(field)}: {word}", value=kind(end), key=key_of(field, part), width=170, help=said, **how
        )
        for word, part, end, said in (
            ("from", "low", low, "The lowest value that may be tried."),
            ("to", "high", high, "The highest value that may be tried."),
        )
    ]
    points = 0
    if method == Method.GRID:
        points = st.number_input(
            f"{label_of(field)}: points",
            value=_POINTS,
            step=1,
            key=key_of(field, "points"),
            width=140,
            help="How many values a grid takes of the range, evenly from end to end.",
        )
    return Range(ends[0], ends[1], log, points)
