"""The glossary: one file that people read and the hints are taken from."""

import pytest

from digitlab.glossary import glossary, hint, within


def test_every_term_has_an_entry_of_whole_sentences_in_alphabetical_order() -> None:
    terms = list(glossary())
    assert len(terms) > 40
    assert terms == sorted(terms, key=str.lower)
    assert all(text[0].isupper() or text[0].isdigit() or text.startswith("digitlab") for text in glossary().values())
    assert all(text.endswith(".") for text in glossary().values())


def test_a_hint_is_the_first_sentence() -> None:
    assert hint("accuracy") == "Share of all images that are read right."
    assert hint("AUC").endswith("than an image of another digit.")
    assert hint("cross-entropy").endswith("averaged over images.")
    assert all(hint(term) for term in glossary())


def test_an_unknown_term_is_an_error() -> None:
    with pytest.raises(KeyError):
        hint("accurracy")


def test_behind_a_colon_a_hint_begins_small() -> None:
    assert within("recall") == "of the images of this digit, the share that are read right."
