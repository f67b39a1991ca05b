"""Jobs as Ray's: the same worker, on whichever machine of a cluster has room (https://docs.ray.io, job submission).

Ray queues jobs and places them; it does not start one again whose machine died, and it says late that one did. So each
job that was handed over is noted in `runs/.queue/ray/`, and a small process on this side looks after those
(`ray_watch`).
"""

import secrets
import shlex
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from digitlab.config import TrainConfig
from digitlab.errors import BadConfig, BadRun
from digitlab.extras import need
from digitlab.files import read_json, saving, write_json
from digitlab.folders import make_folder
from digitlab.jobs.launcher import PROJECT, WORKER, log_file, start_process
from digitlab.jobs.measurement import is_measurement
from digitlab.jobs.queue import Command, Queue, write_command
from digitlab.jobs.ray_nodes import check_nodes
from digitlab.locks import is_held
from digitlab.runs.run import RUN_ID, Run
from digitlab.runs.status import UNFINISHED, State
from digitlab.settings import Settings

if TYPE_CHECKING:
    from ray.job_submission import JobSubmissionClient


@dataclass(frozen=True)
class Handed:
    """A job in Ray's hands. submission: Ray's id of it. step: how far it was when it was handed over.

    tries: how often it was handed over at that step.
    """

    submission: str
    tries: int = 1
    step: int = 0


class RayLauncher:
    """Ray's job submission. Raises NotInstalled without Ray, BadConfig when no cluster answers at its address."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.queue = Queue(settings.runs, settings.slots)
        self.folder = self.queue.folder / "ray"
        self.client = _client(settings.ray_address)

    def check(self, config: TrainConfig | None = None) -> None:
        make_folder(self.settings.runs)
        nodes = check_nodes(self.client, self.settings)
        if self.settings.cpus > max(node.cpus for node in nodes):
            most = f"the largest node of the Ray cluster has {max(node.cpus for node in nodes):g}; choose at most that"
            raise BadConfig(field="DIGITLAB_CPUS", value=self.settings.cpus, allowed=most)
        device = config.device if config is not None else "auto"
        if device == "mps" or (device == "cuda" and not any(node.gpus for node in nodes)):
            allowed = "no node of the Ray cluster has it: choose auto or cpu"
            raise BadConfig(field="device", value=device, allowed=allowed)

    def room(self) -> int:
        return sum(int(node.cpus // self.settings.cpus) for node in check_nodes(self.client, self.settings))

    def start(self, job: Run) -> None:
        self.hand_over(job)
        self.look_after()

    def is_alive(self, job: Run) -> bool:
        if job.state in UNFINISHED:
            return True
        handed = self.handed(job.id)
        return handed is not None and self.status(handed) in ("PENDING", "RUNNING")

    def end(self, job: Run) -> None:
        write_command(job, Command.STOP)
        self.look_after()  # which takes it from Ray if it has not begun

    def hand_over(self, job: Run, tries: int = 1, message: str = "") -> None:
        """Give a job to Ray, which queues it. message: why, for its card.

        It is noted first, so that it is looked after whatever happens to this process.

        Raises BadRun when Ray does not take it, NotSaved.
        """
        before, handed = self.handed(job.id), Handed(_submission_id(job), tries, job.status.step)
        self._note(job.id, handed)
        job.mark(State.QUEUED, message)
        job.expect()
        try:
            self.client.submit_job(
                entrypoint=_entrypoint(job),
                submission_id=handed.submission,
                runtime_env={"env_vars": _environment(self.settings)},
                entrypoint_num_cpus=self.settings.cpus,
                entrypoint_num_gpus=int(_wants_gpu(job)),
            )
        except (OSError, RuntimeError) as error:
            if before is not None:
                self._note(job.id, before)
            else:
                self.forget(job.id)
            raise BadRun(f"Ray at {self.settings.ray_address} did not take {job.id}: {error}. Try again.") from error

    def status(self, handed: Handed) -> str:
        """Ray's word on a job: PENDING, RUNNING, STOPPED, SUCCEEDED or FAILED; UNKNOWN when it has never heard of it.

        Raises BadRun when Ray does not answer: then nothing is known.
        """
        try:
            return str(self.client.get_job_status(handed.submission).value)
        except RuntimeError as error:
            if "404" in str(error):
                return "UNKNOWN"
            raise BadRun(f"Ray at {self.settings.ray_address} answers: {error}.") from error
        except OSError as error:
            raise BadRun(f"Ray at {self.settings.ray_address} does not answer: {error}.") from error

    def withdraw(self, job_id: str, handed: Handed) -> None:
        """Take a job back from Ray: one that has begun is asked to end, one that has not never begins."""
        with suppress(OSError, RuntimeError):  # it has ended, or all of Ray has
            self.client.stop_job(handed.submission)
        self.forget(job_id)

    def handed(self, job_id: str) -> Handed | None:
        """What was noted of a job; None when it is not in Ray's hands."""
        try:
            return Handed(**read_json(self._file(job_id)))
        except (BadRun, TypeError):  # not there, or not ours
            return None

    def all_handed(self) -> Iterator[tuple[Run, Handed]]:
        """Every job in Ray's hands."""
        for path in sorted(self.folder.glob("*.json")):
            handed = self.handed(path.stem) if RUN_ID.fullmatch(path.stem) else None
            if handed is not None:
                yield self.queue.job(path.stem), handed

    def age(self, job_id: str) -> float:
        """Seconds since a job was handed over; endless when it is in nobody's hands."""
        try:
            return abs(time.time() - self._file(job_id).stat().st_mtime)
        except OSError:
            return float("inf")

    def forget(self, job_id: str) -> None:
        """The job is in nobody's hands any more."""
        with suppress(OSError):
            self._file(job_id).unlink(missing_ok=True)

    def look_after(self) -> None:
        """Have a process look after what is in Ray's hands, unless one does."""
        if not any(self.all_handed()) or is_held(self.folder / "lock"):
            return
        log = self.folder / "log"
        with saving(log), log.open("wb") as file:
            start_process("digitlab.jobs.ray_watch", str(self.settings.runs.resolve()), self.settings, file)

    def _note(self, job_id: str, handed: Handed) -> None:
        make_folder(self.folder.parent)
        make_folder(self.folder)
        write_json(self._file(job_id), asdict(handed))

    def _file(self, job_id: str) -> Path:
        return self.folder / f"{job_id}.json"


@lru_cache(maxsize=4)
def _client(address: str) -> "JobSubmissionClient":
    submission = need("ray.job_submission", "DIGITLAB_LAUNCHER=ray", "cluster")
    try:
        client: JobSubmissionClient = submission.JobSubmissionClient(address)
    except (OSError, RuntimeError) as error:
        allowed = "no Ray cluster answers there: start one with `ray start --head`, or name another"
        raise BadConfig(field="RAY_ADDRESS", value=address, allowed=allowed) from error
    return client


def _submission_id(job: Run) -> str:
    """One that Ray does not know yet: a job that is handed over again is another one to it."""
    return f"{job.id}-{secrets.token_hex(3)}"


def _entrypoint(job: Run) -> str:
    """The worker's command, as on this machine; what it prints goes to the job's log in its folder."""
    folder = job.folder.resolve()
    worker = shlex.join([sys.executable, "-m", WORKER, str(folder)])
    log = shlex.quote(str(log_file(job).resolve()))
    return f"cd {shlex.quote(str(PROJECT))} && exec {worker} >>{log} 2>&1"


def _environment(settings: Settings) -> dict[str, str]:
    """For the worker. Its threads are as many as its cores, wherever it runs: so it ends with the same weights."""
    ours = {name: value for name, value in settings.for_jobs().items() if name.startswith("DIGITLAB_")}
    return {**ours, "OMP_NUM_THREADS": str(settings.cpus)}


def _wants_gpu(job: Run) -> bool:
    return not is_measurement(job.folder) and job.config.device == "cuda"
