"""A measurement: the job that finds out how robust a run's model is. Its folder is like a run's, hidden beside them.

It waits in the same line as runs do, and says in its status how far it is; what it finds is kept with the run that it
measures, so that its own folder can go when it has ended.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from digitlab.errors import BadRun, DigitlabError
from digitlab.files import read_json, write_json
from digitlab.folders import make_folder, move_folder, remove_folder, scratch_folder
from digitlab.runs.checked import Unfit, record, text
from digitlab.runs.run import RUN_ID, Run, new_run_id, now
from digitlab.runs.status import UNFINISHED, State, Status

FOLDER = ".measurements"
"""Where the measurements are, in the folder of the runs."""

_PLAN = "measurement.json"
_check = record({"run": text(200), "data": text(200)}, needed=("run", "data"))


@dataclass(frozen=True)
class Plan:
    """What is measured: a run, by its name in the catalogue, on the test part of a data set."""

    run: str
    data: str


class Measurement(Run):
    """The folder of a measurement. Status, lock, log and control file are a run's."""

    _LASTING = (_PLAN,)

    @classmethod
    def of(cls, runs: Path, plan: Plan, facts: Mapping[str, Mapping[str, Any]] | None = None) -> "Measurement":
        """A new folder with its plan, queued. It appears under its name only when it is complete.

        facts: further JSON files that it has from the start, name → content. Raises NotSaved; then there is none.
        """
        home = runs / FOLDER
        with scratch_folder(home, "Name another folder by DIGITLAB_RUNS.") as scratch:
            building = cls(scratch / "measurement")
            make_folder(building.folder)
            write_json(building.folder / _PLAN, {"run": plan.run, "data": plan.data})
            for name, content in (facts or {}).items():
                write_json(building.folder / name, content)
            building.write_status(Status(State.QUEUED, created=now(), updated=now()))
            return cls(move_folder(building.folder, home / new_run_id("measurement", home)))

    @property
    def plan(self) -> Plan:
        """Raises BadRun when it is missing or damaged."""
        path = self.folder / _PLAN
        try:
            return Plan(**_check(read_json(path)))
        except Unfit as error:
            raise BadRun(f"{path} is damaged or foreign: {error}. Delete its folder.") from error

    @property
    def runs(self) -> Path:
        """The folder of the installation's runs."""
        return self.folder.parent.parent


def is_measurement(folder: Path) -> bool:
    """Whether a job's folder is that of a measurement."""
    return folder.parent.name == FOLDER


def measurements(runs: Path) -> list[Measurement]:
    """All of them, the newest first."""
    folders = [path for path in (runs / FOLDER).glob("*") if RUN_ID.fullmatch(path.name)]
    return [Measurement(folder) for folder in sorted(folders, reverse=True)]


def find_measurement(runs: Path, plan: Plan) -> Measurement | None:
    """The newest measurement of a plan, under way or ended; None when there is none."""
    return next((one for one in measurements(runs) if _has_plan(one, plan)), None)


def count_measuring(runs: Path) -> int:
    """How many measurements have a slot now."""
    return sum(_state(one) is State.RUNNING for one in measurements(runs))


def sweep_measurements(runs: Path, plan: Plan) -> None:
    """Remove the folders of those that were finished or stopped, and of all that ended with this plan."""
    for one in measurements(runs):
        state = _state(one)
        if state in (State.DONE, State.STOPPED) or (state not in UNFINISHED and _has_plan(one, plan)):
            remove_folder(one.folder)


def _state(measurement: Measurement) -> State:
    try:
        return measurement.state
    except BadRun:  # damaged, or just removed
        return State.STOPPED


def _has_plan(measurement: Measurement, plan: Plan) -> bool:
    try:
        return measurement.plan == plan
    except DigitlabError:  # damaged, or just removed
        return False
