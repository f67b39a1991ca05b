"""results.json: what a training came to. Its figures are checked where they are read."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NotRequired, TypedDict, cast

from digitlab.errors import BadRun
from digitlab.files import read_json
from digitlab.runs.checked import Check, Unfit, loss, mapping, message, number, pair, record, share, text, whole, word

_MOST_BYTES = 4_000_000
_MOST_SETS = 50
_MOST_DONORS = 2000
_MOST_IMAGES = 10**9


class Figures(TypedDict):
    """A model's figures on one part: see `metrics.summary.Summary`."""

    images: int
    mistakes: int
    accuracy: float
    interval: tuple[float, float]
    loss: NotRequired[float]
    per_class: NotRequired[dict[str, float]]
    only_before: NotRequired[int]
    only_after: NotRequired[int]


class SavedDoubt(TypedDict):
    """See `metrics.calibration.Doubt`."""

    temperature: float
    threshold: float


class Computed(TypedDict):
    """Where and in which numbers a run is trained; `auto` in its config leaves both to the machine that begins it."""

    device: str
    precision: str


class Sureness(TypedDict):
    """How often a model is sure, as shares of 1: of so many pen digits of unseen people, of them sure and wrong; and of
    so many letters that look like no digit."""

    digits: int
    sure: float
    wrong: float
    letters: NotRequired[int]
    letters_sure: NotRequired[float]


class Results(TypedDict, total=False):
    """Of a run; what is not known yet is left out.

    parameters: how many numbers the training adjusts. computed: with what it does. test: data set → figures on its test
    part. donors: the same for each collection that the drawings came from. sureness: how often it is sure. before:
    after fine-tuning, the figures of the run that it started from, with how many images only that one (`only_before`)
    and only this one (`only_after`) reads right.
    """

    parameters: int
    computed: Computed
    doubt: SavedDoubt
    test: dict[str, Figures]
    donors: dict[str, dict[str, Figures]]
    sureness: Sureness
    before: dict[str, Figures]


_figures: Check[dict[str, Any]] = record(
    {
        "images": whole(1, _MOST_IMAGES),
        "mistakes": whole(0, _MOST_IMAGES),
        "accuracy": share,
        "interval": pair(share),
        "loss": loss,
        "per_class": mapping(word("[0-9]", "a digit"), share, 10),
        "only_before": whole(0, _MOST_IMAGES),
        "only_after": whole(0, _MOST_IMAGES),
    },
    needed=("images", "mistakes", "accuracy", "interval"),
)
_by_set = mapping(text(80), _figures, _MOST_SETS)
_check: Check[dict[str, Any]] = record(
    {
        "parameters": whole(0, 10**12),
        "computed": record(
            {"device": word("cpu|cuda|mps", "a device"), "precision": word("float32|bfloat16", "a number format")},
            needed=("device", "precision"),
        ),
        "doubt": record(
            # Temperatures as metrics.calibration fits them and the page offers them; importing it would load SciPy.
            {"temperature": number(0.1, 5.0), "threshold": share},
            needed=("temperature", "threshold"),
        ),
        "test": _by_set,
        "donors": mapping(text(80), mapping(message(200), _figures, _MOST_DONORS), _MOST_SETS),
        "sureness": record(
            {
                "digits": whole(1, _MOST_IMAGES),
                "sure": share,
                "wrong": share,
                "letters": whole(1, _MOST_IMAGES),
                "letters_sure": share,
            },
            needed=("digits", "sure", "wrong"),
        ),
        "before": _by_set,
    }
)


def read_results(path: Path) -> Results:
    """The results in a file; empty where there is none yet. Raises BadRun when a figure is missing or senseless."""
    if not path.exists():
        return {}
    saved: Mapping[str, Any] = read_json(path, _MOST_BYTES)
    try:
        return cast(Results, _check(saved))
    except Unfit as error:
        raise BadRun(f"{path} is damaged or foreign: {error}. Restore the file or delete the run.") from error
