"""Nothing from outside brings more than one line: a value or an error, within 2 s of processor time and 500 MB.

The short form reads the known attacks and some mutants of each kind; `make soak` reads thousands.
"""

import dataclasses
import os
from random import Random

import pytest

from tests.fuzz.harness import MEGABYTES, SECONDS, Kind, Result, measured, mutant, run
from tests.fuzz.kinds import KINDS
from tests.fuzz.mutants import mutate_bytes, mutate_json
from tests.fuzz.trust import keep

SHORT = 15
"""Mutants of a kind in the short form; of slow kinds fewer."""

BUSY = 8.0
"""Seconds of processor time that a case may take in the short form, which runs on busy machines, too; the long form
holds all to the true limit."""

_SEEDS = int(os.environ.get("DIGITLAB_FUZZ_SEED") or 0)
"""Where the seeds of the long form begin: another number reads other mutants."""

kinds = pytest.mark.parametrize("kind", KINDS, ids=[kind.name for kind in KINDS])


def tell(result: Result) -> None:
    lines = "\n".join(result.failures)
    assert not result.failed, f"{result.failed} of {result.cases}; python -m tests.fuzz.harness KIND NUMBER:\n{lines}"


@kinds
def test_what_comes_from_outside_is_read_or_refused_in_one_line(kind: Kind) -> None:
    tell(run(kind, SHORT, seconds=BUSY))


@pytest.mark.soak
@kinds
def test_so_are_thousands(kind: Kind) -> None:
    result = run(kind, int(os.environ.get("DIGITLAB_FUZZ") or 10_000), _SEEDS)
    keep(dataclasses.asdict(result), _SEEDS)
    tell(result)


@kinds
def test_a_number_always_names_the_same_mutant(kind: Kind) -> None:
    assert repr(mutant(kind, 5)) == repr(mutant(kind, 5))


def toy(read: object) -> Kind:
    return Kind("toy", lambda: [b"whole"], mutate_bytes, read)  # type: ignore[arg-type]


def test_the_harness_sees_what_is_not_allowed(tmp_path) -> None:
    from digitlab.errors import BadInk, DigitlabError

    class Unchecked(DigitlabError):
        """An error that says its text as it is."""

        def __init__(self, text: str) -> None:
            Exception.__init__(self, text)

    def raising(error: Exception) -> object:
        def read(_value: object, _folder: object) -> None:
            raise error

        return read

    def trouble(read: object) -> str:
        return measured(toy(read), b"", tmp_path).trouble

    assert trouble(raising(BadInk("One line."))) == ""
    assert "no printable line" in trouble(raising(Unchecked("Two\nlines.")))
    assert "no printable line" in trouble(raising(Unchecked("A \ud800.")))
    assert "501 characters" in trouble(raising(Unchecked("x" * 501)))
    assert trouble(raising(TypeError("raw"))).startswith("TypeError")
    assert "cannot be sent" in trouble(lambda _value, _folder: ["\udfff"])
    assert trouble(lambda _value, _folder: {"a": 1}) == ""


def test_the_harness_measures_time_and_memory(tmp_path) -> None:
    def greedy(_value: object, _folder: object) -> None:
        sum(range(2_000_000))
        bytearray(80_000_000)

    outcome = measured(toy(greedy), b"", tmp_path)
    assert 0.001 < outcome.seconds < SECONDS
    assert 70 < outcome.megabytes < MEGABYTES


def test_mutants_differ_and_do_not_fail_themselves() -> None:
    texts = {mutate_json('{"a": [1, 2.5, "x", null], "b": {"c": true}}', Random(seed)) for seed in range(300)}
    assert len(texts) > 150
