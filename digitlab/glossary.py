"""The field's terms in plain words, as `glossary.md` has them: what hints, tables and reports show."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

_FILE = Path(__file__).with_name("glossary.md")

OF_ANSWERS = ("accuracy", "confidence interval", "loss", "cross-entropy", "precision", "recall", "F1", "macro", "micro")
"""Terms of the figures that compare answers with the digits that were meant."""

OF_AN_EVALUATION = (
    *OF_ANSWERS,
    "ROC curve",
    "AUC",
    "precision–recall curve",
    "average precision",
    "confidence",
    "calibration",
    "calibration error",
    "temperature",
    "coverage",
)
"""Terms of what is measured of one model, on Evaluate as in the report."""

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
