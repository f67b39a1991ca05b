"""A real Ray cluster on this machine, for tests and benchmarks; each node is processes that can be killed."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

_STARTING = 180.0
"""Seconds that a node may take to begin; only where it never does is it waited for that long."""


class Node:
    """A node's processes: Ray's own, and the jobs that it works on."""

    def __init__(self, arguments: list[str], folder: Path) -> None:
        ray = str(Path(sys.executable).with_name("ray"))
        usual = {name: value for name, value in os.environ.items() if name not in ("RAY_ADDRESS", "OMP_NUM_THREADS")}
        self.log = folder / f"node-{len(list(folder.glob('node-*')))}.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [ray, "start", "--block", "--node-ip-address=127.0.0.1", "--disable-usage-stats", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**usual, "RAY_DISABLE_IMPORT_WARNING": "1"},
                start_new_session=True,
            )

    def _all(self) -> list[psutil.Process]:
        try:
            own = psutil.Process(self.process.pid)
            return [*own.children(recursive=True), own]
        except psutil.NoSuchProcess:
            return []

    def works_on(self, job: str) -> bool:
        """Whether one of its processes is the worker of a job."""
        for one in self._all():
            try:
                line = one.cmdline()
            except psutil.Error:
                continue
            if "digitlab.jobs.worker" in line and line[-1].endswith(job):
                return True
        return False

    def kill(self) -> None:
        """All of it at once, as when the machine is cut off from power."""
        doomed = self._all()
        for one in doomed:
            try:
                one.suspend()  # so that none of them hears of another's death
            except psutil.Error:
                continue
        for one in doomed:
            try:
                one.send_signal(signal.SIGKILL)
            except psutil.Error:
                continue
        self.process.wait()


class Cluster:
    """A head without processors for jobs, and nodes that have some."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        port, dashboard = _free_port(), _free_port()
        self._gcs = f"127.0.0.1:{port}"
        self.address = f"http://127.0.0.1:{dashboard}"
        self.head = Node(
            [
                "--head",
                "--num-cpus=0",
                f"--port={port}",
                f"--dashboard-port={dashboard}",
                "--dashboard-host=127.0.0.1",
                f"--ray-client-server-port={_free_port()}",
                f"--temp-dir={folder}",
            ],
            folder,
        )
        self.nodes: list[Node] = []
        _wait(self.head, lambda: _answers(dashboard))

    def add(self, cpus: int = 1) -> Node:
        """Another node; returns it once the cluster knows it."""
        node = Node([f"--address={self._gcs}", f"--num-cpus={cpus}"], self.folder)
        self.nodes.append(node)
        _wait(node, lambda: b"Ray runtime started" in node.log.read_bytes())
        return node

    def end(self) -> None:
        for node in [*self.nodes, self.head]:
            node.kill()


@contextmanager
def ray_cluster(*cpus: int) -> Iterator[Cluster]:
    """A cluster with a node for each number of processors; gone afterwards with all its processes."""
    folder = Path(tempfile.mkdtemp(prefix="ray", dir="/tmp"))  # Ray's sockets need a short path
    cluster = Cluster(folder)
    try:
        for number in cpus:
            cluster.add(number)
        yield cluster
    finally:
        cluster.end()
        shutil.rmtree(folder, ignore_errors=True)


def _wait(node: Node, condition: Callable[[], bool]) -> None:
    end = time.monotonic() + _STARTING
    while not condition():
        if node.process.poll() is not None or time.monotonic() > end:
            raise RuntimeError(f"Ray does not start: {node.log.read_text()[-2000:]}")
        time.sleep(0.2)


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
