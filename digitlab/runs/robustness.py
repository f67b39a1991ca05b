"""How robust a run's model is: accuracies on disturbed images, measured once and kept with the run.

`robustness/<data>.json` in the run's folder holds them. Checkpoints are read-only: what is measured of them lies in
`.robustness/<name>/<data>.json` beside the runs, unless it ships with them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from digitlab.errors import BadRun
from digitlab.files import read_json, write_json
from digitlab.folders import make_folder
from digitlab.metrics.significance import wilson_interval
from digitlab.runs.checked import LARGEST, Check, Unfit, items, mapping, number, record, text, whole, word
from digitlab.runs.run import Run

_FOLDER = "robustness"
_OF_CHECKPOINTS = ".robustness"
_FORMAT = 1
_MOST_CURVES, _MOST_AMOUNTS, _MOST_IMAGES = 50, 50, 100_000
_AGAIN = "Delete it; it can be measured again."


@dataclass(frozen=True)
class RobustnessCurve:
    """Of one disturbance. amounts: rising. right: how many images are read right at each. images: how many in all.

    version: that of the disturbance.
    """

    version: int
    amounts: tuple[float, ...]
    right: tuple[int, ...]
    images: int

    @property
    def accuracies(self) -> list[float]:
        """In 0..1, at each amount."""
        return [right / self.images for right in self.right]

    @property
    def intervals(self) -> list[tuple[float, float]]:
        """The 95 % interval of each accuracy: see `wilson_interval`."""
        return [wilson_interval(right, self.images) for right in self.right]


@dataclass(frozen=True)
class Robustness:
    """What was measured of one model on one part. curves: disturbance → its curve.

    model, weights, images: architecture and fingerprints, as in `Scores`; `images` of those that were disturbed.
    """

    model: str
    weights: str
    images: str
    curves: Mapping[str, RobustnessCurve] = field(default_factory=dict)

    @property
    def origin(self) -> tuple[str, str, str]:
        """Architecture, weights, images: what the accuracies depend on, beside the disturbances."""
        return self.model, self.weights, self.images

    def with_curve(self, disturbance: str, curve: RobustnessCurve) -> "Robustness":
        """The same with one more curve, or another one."""
        return replace(self, curves={**self.curves, disturbance: curve})


def robustness_files(run: Run, data: str, runs: Path) -> list[Path]:
    """Where accuracies on a data set's disturbed test images may be kept, the one to be written first.

    runs: the folder of the installation's runs.
    """
    own = run.folder / _FOLDER / f"{data}.json"
    return [runs / _OF_CHECKPOINTS / run.id / f"{data}.json", own] if run.is_checkpoint else [own]


def read_robustness(
    run: Run, data: str, runs: Path, origin: tuple[str, str, str], versions: Mapping[str, int]
) -> Robustness:
    """What was measured of exactly these weights and images; curves of disturbances that have changed are left out.

    versions: of today's disturbances, by name. Raises BadRun when a file is damaged or foreign.
    """
    found = Robustness(*origin)
    for path in reversed(robustness_files(run, data, runs)):
        if not path.is_file():
            continue
        saved = load_robustness(path)
        if saved.origin == origin:
            for name, curve in saved.curves.items():
                if versions.get(name) == curve.version:
                    found = found.with_curve(name, curve)
    return found


def save_robustness(run: Run, data: str, runs: Path, robustness: Robustness) -> None:
    """Write the file whole or not at all. Raises NotSaved."""
    path = robustness_files(run, data, runs)[0]
    missing = (runs, path.parent.parent, path.parent) if run.is_checkpoint else (path.parent,)
    for folder in missing:
        make_folder(folder)
    curves = {
        name: {"version": one.version, "amounts": one.amounts, "right": one.right, "images": one.images}
        for name, one in robustness.curves.items()
    }
    origin = {"model": robustness.model, "weights": robustness.weights, "images": robustness.images}
    write_json(path, {"format": _FORMAT, **origin, "curves": curves})


def load_robustness(path: Path) -> Robustness:
    """What a file holds, checked. Raises BadRun when it is missing, damaged or foreign."""
    saved = read_json(path)
    try:
        found = _check(saved)
        curves = {name: _curve(members, name) for name, members in found["curves"].items()}
    except Unfit as error:
        raise BadRun(f"{path} is damaged or foreign: {error}. {_AGAIN}") from error
    return Robustness(found["model"], found["weights"], found["images"], curves)


def _curve(members: dict[str, Any], name: str) -> RobustnessCurve:
    curve = RobustnessCurve(members["version"], members["amounts"], members["right"], members["images"])
    if not curve.amounts or any(low >= high for low, high in pairwise(curve.amounts)):
        raise Unfit(list(curve.amounts), "rising, and one at least", ("curves", name, "amounts"))
    if len(curve.right) != len(curve.amounts) or max(curve.right) > curve.images:
        allowed = f"{len(curve.amounts)} numbers of at most {curve.images} images"
        raise Unfit(list(curve.right), allowed, ("curves", name, "right"))
    return curve


_check: Check[dict[str, Any]] = record(
    {
        "format": whole(_FORMAT, _FORMAT),
        "model": text(80),
        "weights": text(80),
        "images": text(80),
        "curves": mapping(
            word("[a-z][a-z0-9-]{0,39}", "a disturbance's name"),
            record(
                {
                    "version": whole(1, 1_000_000),
                    "amounts": items(number(-LARGEST, LARGEST), _MOST_AMOUNTS),
                    "right": items(whole(0, _MOST_IMAGES), _MOST_AMOUNTS),
                    "images": whole(1, _MOST_IMAGES),
                },
                needed=("version", "amounts", "right", "images"),
            ),
            _MOST_CURVES,
        ),
    },
    needed=("format", "model", "weights", "images", "curves"),
)
