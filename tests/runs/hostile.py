"""Hostile values in the JSON files of a run: each leaf in turn becomes each of them; keys go, and others come."""

import json
from collections.abc import Iterator
from typing import Any

VALUES = (
    *("1" + "0" * 400, "1" + "0" * 5000, "1e999", "-1e999", "NaN", "Infinity", "1e308", "-1", "0", "2.5"),
    *("true", "null", r'"\ud800"', r'"\n"', '""', '"\u202e<b>"', '"' + "x" * 5000 + '"'),
    *("[]", "{}", "[[]]", '{"": 1}', "[1e999, 1]"),
)
"""As they stand in a file: Python could not write some of them."""

_MARK = "the value to replace"


def mutated(value: Any) -> Iterator[str]:
    """JSON texts that are each a value with one thing changed."""
    for changed in _marked(value):
        text = json.dumps(changed)
        if f'"{_MARK}"' not in text:
            yield text
            continue
        for hostile in VALUES:
            yield text.replace(f'"{_MARK}"', hostile)


def _marked(value: Any) -> Iterator[Any]:
    """The value with the mark in the place of each part of it, and with each key left out, renamed and added."""
    yield _MARK
    if isinstance(value, dict):
        for key, part in value.items():
            rest = {name: other for name, other in value.items() if name != key}
            yield rest
            yield {**rest, "\ud800\n" + key: part}
            for changed in _marked(part):
                yield {**rest, key: changed}
        yield {**value, "further": _MARK}
    elif isinstance(value, list):
        yield value[:-1]
        yield [*value, 0]
        for index, part in enumerate(value):
            for changed in _marked(part):
                yield [*value[:index], changed, *value[index + 1 :]]
