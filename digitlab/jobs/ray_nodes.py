"""Whether every machine of a Ray cluster has what a worker needs: this program, the data, and the folder of runs.

`python -m digitlab.jobs.ray_nodes FOLDER` is the job that finds out: it asks each machine, by `look` in a process of
its own, and prints what they say. The asker holds a lock in FOLDER meanwhile, which each machine must see.
"""

import json
import logging
import secrets
import shlex
import subprocess
import sys
import time
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock

import digitlab
from digitlab.errors import BadConfig, BadRun, NotSaved
from digitlab.folders import scratch_folder
from digitlab.jobs.launcher import PROJECT
from digitlab.jobs.storage import REMEDY, check_rename, check_storage
from digitlab.locks import is_held
from digitlab.settings import Settings

if TYPE_CHECKING:
    from ray.job_submission import JobSubmissionClient

_ANSWER = "digitlab's nodes: "
"""How the line of the job's log begins that holds what the nodes say."""

_PATIENCE = 120.0
"""Seconds that a cluster may take to look."""

_LOOK = 0.25
"""Seconds between two questions for the job's state."""


_REMEMBERED = 600.0
"""Seconds for which the answer holds: nodes come and go."""

_LOCK = "asker.lock"


@dataclass(frozen=True)
class Node:
    """A machine of the cluster, by its address. lack: what a worker would miss there; empty when there is nothing."""

    address: str
    cpus: float
    gpus: float
    lack: str


def check_nodes(client: "JobSubmissionClient", settings: Settings) -> tuple[Node, ...]:
    """The machines of the cluster, all of which can run jobs. Takes seconds at first; what was found is remembered.

    Raises NotSaved when one of them does not see the same runs, data and locks, with the remedy; BadRun when Ray does
    not come to an answer.
    """
    return _check_nodes(client, settings.runs.resolve(), settings.data.resolve(), int(time.monotonic() / _REMEMBERED))


@lru_cache(maxsize=4)
def _check_nodes(client: "JobSubmissionClient", runs: Path, data: Path, _when: int) -> tuple[Node, ...]:
    check_storage(runs)
    with scratch_folder(runs, REMEDY) as folder, FileLock(folder / _LOCK):
        nodes = _ask(client, folder, data)
        for node in nodes:
            if node.lack:
                raise NotSaved(f"Ray's node {node.address} cannot run jobs: {node.lack}.")
    if not nodes:
        raise BadRun("The Ray cluster has no node that is alive. Start one with `ray start`.")
    return nodes


def _ask(client: "JobSubmissionClient", folder: Path, data: Path) -> tuple[Node, ...]:
    command = shlex.join([sys.executable, "-m", "digitlab.jobs.ray_nodes", str(folder), str(data)])
    try:
        job = client.submit_job(
            entrypoint=f"cd {shlex.quote(str(PROJECT))} && exec {command}",
            submission_id=f"look-{secrets.token_hex(6)}",
        )
        end = time.monotonic() + _PATIENCE
        while not client.get_job_status(job).is_terminal():
            if time.monotonic() > end:
                client.stop_job(job)
                raise BadRun(f"Ray has not looked at its nodes within {_PATIENCE:.0f} seconds. Look at its dashboard.")
            time.sleep(_LOOK)
        said = client.get_job_logs(job)
    except (OSError, RuntimeError) as error:
        raise BadRun(f"Ray does not answer: {error}. Try again.") from error
    for line in said.splitlines():
        if line.startswith(_ANSWER):
            return tuple(Node(**one) for one in json.loads(line.removeprefix(_ANSWER)))
    last = said.strip().splitlines()[-1:] or ["it printed nothing"]
    raise BadConfig(
        f"Ray's head cannot start digitlab: {last[0]}. Each node needs it in {PROJECT}, run by {sys.executable}."
    )


def main(folder: str, data: str) -> int:
    """Ask every node of the cluster that this process is a job of; returns the exit code."""
    import ray

    ray.init(logging_level=logging.ERROR)
    nodes = [node for node in ray.nodes() if node["Alive"]]
    looks = [_start_look(node, folder, data) for node in nodes]
    told = [
        {
            "address": node["NodeManagerAddress"],
            "cpus": node["Resources"].get("CPU", 0),
            "gpus": node["Resources"].get("GPU", 0),
            "lack": _result(look),
        }
        for node, look in zip(nodes, looks, strict=True)
    ]
    print(_ANSWER + json.dumps(told), flush=True)
    return 0


def _start_look(node: dict[str, Any], folder: str, data: str) -> Any:
    """A task on one node, which takes none of its processors; it needs nothing but Python there."""
    import ray
    from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

    command = [sys.executable, "-m", "digitlab.jobs.ray_nodes", "look", folder, data, digitlab.__version__]

    def run(command: list[str], project: str) -> str:
        try:
            done = subprocess.run(command, cwd=project, capture_output=True, text=True, timeout=100)  # noqa: S603
        except (OSError, subprocess.TimeoutExpired) as error:
            return f"digitlab does not start there: {error}"
        last = (done.stdout.strip() or done.stderr.strip()).splitlines()[-1:] or [""]
        return last[0] if done.returncode == 0 else f"digitlab does not start there: {last[0]}"

    strategy = NodeAffinitySchedulingStrategy(node_id=node["NodeID"], soft=False)
    remote: Any = ray.remote  # its types know no such strategy
    return remote(num_cpus=0, scheduling_strategy=strategy)(run).remote(command, str(PROJECT))


def _result(look: Any) -> str:
    import ray

    try:
        return str(ray.get(look, timeout=_PATIENCE - 10))
    except ray.exceptions.RayError as error:
        return f"it does not answer: {type(error).__name__}"


def look(folder: Path, data: Path, version: str) -> str:
    """What a worker would miss on this machine; empty when there is nothing. version: the asker's."""
    if version != digitlab.__version__:
        return f"it has digitlab {digitlab.__version__} and not {version}: install the same one"
    if not folder.is_dir():
        return f"it does not see {folder.parent}: mount the folder of runs at the same path"
    if not data.is_dir():
        return f"it does not see {data}: mount the data at the same path"
    if not is_held(folder / _LOCK):
        return f"it does not see the locks of others in {folder.parent}: mount it by NFS 4 without nolock"
    try:
        check_rename(folder / f"node-{secrets.token_hex(4)}")
    except OSError as error:
        return f"it cannot write into {folder.parent}: {error}"
    return ""


if __name__ == "__main__":
    if sys.argv[1] == "look":
        print(look(Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4]))
    else:
        sys.exit(main(*sys.argv[1:]))
