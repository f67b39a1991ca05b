"""The field's terms in plain words, as `glossary.md` has them: what hints, tables and reports show."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

_FILE = Path(__file__).with_name("glossary.md")
_END_OF_SENTENCE = re.compile(r"(?<=\.)\s+(?=[A-Z0-9])")


@cache
def glossary() -> Mapping[str, str]:
    """Term → what it means, in one to three sentences, in the file's order: alphabetical."""
    entries = _FILE.read_text(encoding="utf-8").split("\n## ")[1:]
    return MappingProxyType({term: " ".join(text.split()) for term, text in (e.split("\n", 1) for e in entries)})


def hint(term: str) -> str:
    """The first sentence of a term's entry. Raises KeyError for a term that the glossary does not have."""
    return _END_OF_SENTENCE.split(glossary()[term])[0]


def within(term: str) -> str:
    """The hint as it follows a colon: with a small first letter."""
    said = hint(term)
    return said[0].lower() + said[1:]
