"""Any JSON value at all, where a browser or a file may bring one: found and shrunk by hypothesis."""

import json
import os
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from digitlab.config import TrainConfig
from digitlab.errors import DigitlabError
from digitlab.ink.strokes import check_ink
from digitlab.runs.status import Status
from digitlab.ui.app.live_messages import read_message
from digitlab.ui.components.canvas_tools import to_drawing
from digitlab.ui.components.drawing import checked_drawing, new_labels
from tests.fuzz.harness import trouble_of

EXAMPLES = int(os.environ.get("DIGITLAB_FUZZ") or 10_000)

numbers = st.integers() | st.floats() | st.sampled_from([10**400, -(10**400), 2**63])
texts = st.text() | st.sampled_from(["\ud800", "a\nb", "x" * 5000])
anything = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(texts, inner, max_size=5),
    max_leaves=12,
)


def of(*keys: str) -> st.SearchStrategy[Any]:
    """Objects that have some of the keys that a reader looks for, and anything as their values."""
    return anything | st.dictionaries(st.sampled_from(keys), anything, max_size=len(keys))


READERS: dict[str, tuple[Callable[[Any], Any], st.SearchStrategy[Any]]] = {
    "strokes": (check_ink, st.lists(st.lists(st.lists(numbers, max_size=3), max_size=3), max_size=3) | anything),
    "pad": (checked_drawing, of("strokes", "penWidth")),
    "labels": (lambda value: new_labels("pad", value), st.lists(of("id", "digit", "strokes", "penWidth"), max_size=2)),
    "canvas": (to_drawing, st.fixed_dictionaries({"objects": st.lists(of("type", "path", "left"), max_size=2)})),
    "message": (lambda value: read_message(json.dumps(value)).number, of("number", "drawing", "show")),
    "config": (TrainConfig.from_dict, st.dictionaries(st.sampled_from([*TrainConfig().to_dict(), "x"]), anything)),
    "status": (Status.from_dict, st.dictionaries(st.sampled_from([*Status.__match_args__, "x"]), anything)),
}

readers = pytest.mark.parametrize("name", READERS)


def check(name: str, examples: int) -> None:
    read, values = READERS[name]

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(values)
    def is_read_or_refused(value: Any) -> None:
        try:
            shown = read(value)
        except DigitlabError as error:
            shown = error
        assert trouble_of(shown) == ""

    is_read_or_refused()


@readers
def test_any_value_is_read_or_refused_in_one_line(name: str) -> None:
    check(name, 60)


@pytest.mark.soak
@readers
def test_so_are_thousands_of_values(name: str) -> None:
    check(name, EXAMPLES)
