"""This installation: where it keeps its files, who starts its jobs, and who may use it (`Settings`)."""

import dataclasses
import os
import re
from dataclasses import dataclass
from pathlib import Path

from digitlab.access import is_visitor_id
from digitlab.classroom import Classroom
from digitlab.errors import BadConfig
from digitlab.formats import short

_RAY_ADDRESS = re.compile(r"(https?://)?[^\s/?#@]+/?")


@dataclass(frozen=True)
class DataFolders:
    """Where data sets are. data: the folder that all share. own: the one whose drawings `mine` stands for."""

    data: Path
    own: Path


@dataclass(frozen=True)
class Settings:
    """Where this installation has data and runs, how many jobs run at once and where, and who may use it.

    launcher: who starts jobs, `local` or `ray`. ray_address: the Ray cluster that does. cpus: processor cores that each
    job gets there.
    api: whether scripts may ask models. classroom: the codes and quotas of a class server; None where everything is
    open. hand: whose drawings `mine` stands for, a visitor id; empty for the installation's own.
    """

    data: Path
    runs: Path
    jobs: int = 1
    launcher: str = "local"
    ray_address: str = ""
    cpus: int = 1
    api: bool = True
    classroom: Classroom | None = None
    hand: str = ""

    @classmethod
    def from_environment(cls) -> "Settings":
        """Read the environment variables that begin with `DIGITLAB_`. Raises BadConfig for a bad value.

        Each process calls it once, where it starts, and hands the settings down.
        """
        launcher = _word("DIGITLAB_LAUNCHER", "local", "ray")
        return cls(
            data=_folder("DIGITLAB_DATA", "data"),
            runs=_folder("DIGITLAB_RUNS", "runs"),
            jobs=_small_number("DIGITLAB_JOBS"),
            launcher=launcher,
            ray_address=_ray_address() if launcher == "ray" else "",
            cpus=_small_number("DIGITLAB_CPUS"),
            api=_word("DIGITLAB_API", "on", "off") == "on",
            classroom=Classroom.from_environment(),
        )

    def for_jobs(self) -> dict[str, str]:
        """The same as environment variables, for the process of a job: all but what concerns the server alone."""
        return {
            "DIGITLAB_DATA": str(self.data.resolve()),
            "DIGITLAB_RUNS": str(self.runs.resolve()),
            "DIGITLAB_JOBS": str(self.jobs),
            "DIGITLAB_LAUNCHER": self.launcher,
            "DIGITLAB_CPUS": str(self.cpus),
            **({"RAY_ADDRESS": self.ray_address} if self.ray_address else {}),
        }

    @property
    def slots(self) -> int | None:
        """How many jobs run at once; None where an engine gives each its turn."""
        return self.jobs if self.launcher == "local" else None

    def of(self, hand: str) -> "Settings":
        """The same for one hand: `mine` then stands for its drawings. Raises BadConfig when it is no visitor id."""
        if hand and not is_visitor_id(hand):
            raise BadConfig(f"{short(hand)} is no visitor of this installation. Delete the file that names it.")
        return dataclasses.replace(self, hand=hand)

    @property
    def drawings(self) -> Path:
        """The data folder that holds the hand's drawings: a visitor's lie apart, in `mine/<visitor id>/`."""
        return self.data / "mine" / self.hand if self.hand else self.data

    @property
    def folders(self) -> DataFolders:
        """Where data sets are, as this hand sees them."""
        return DataFolders(self.data, self.drawings)


def _word(variable: str, usual: str, other: str) -> str:
    value = os.environ.get(variable) or usual
    if value not in (usual, other):
        raise BadConfig(field=variable, value=value, allowed=f"choose {usual} or {other}")
    return value


def _small_number(variable: str) -> int:
    value = os.environ.get(variable) or "1"
    if not re.fullmatch("[0-9]{1,2}", value) or not 1 <= int(value) <= 64:
        raise BadConfig(field=variable, value=value, allowed="choose a whole number from 1 to 64")
    return int(value)


def _ray_address() -> str:
    """Where Ray takes jobs; it must be named, so that no cluster is used by chance."""
    value = os.environ.get("RAY_ADDRESS") or ""
    if not _RAY_ADDRESS.fullmatch(value):
        allowed = "with DIGITLAB_LAUNCHER=ray, name the cluster's dashboard, such as http://127.0.0.1:8265"
        raise BadConfig(field="RAY_ADDRESS", value=value, allowed=allowed)
    return value


def _folder(variable: str, otherwise: str) -> Path:
    value = os.environ.get(variable) or otherwise
    try:
        return Path(value).expanduser()
    except RuntimeError as error:
        raise BadConfig(field=variable, value=value, allowed="there is no such home folder") from error


_HERE = Path(__file__).resolve().parent
_INSTALLED = _HERE / "checkpoints"
CHECKPOINTS = _INSTALLED if _INSTALLED.is_dir() else _HERE.parent / "checkpoints"
"""The folder of the shipped runs: inside the installed package, or beside it in the project's folder."""
