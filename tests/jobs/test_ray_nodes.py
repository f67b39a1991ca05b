"""What a node is asked; `test_launchers.py` asks the nodes of a real cluster."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from filelock import FileLock

import digitlab
from digitlab.errors import BadConfig, BadRun, NotSaved
from digitlab.jobs import ray_nodes
from digitlab.jobs.ray_nodes import check_nodes, look
from digitlab.settings import Settings


@pytest.fixture
def asked(tmp_path: Path) -> Iterator[Path]:
    """A folder as the asker makes it: inside that of the runs, with a lock that it holds."""
    folder = tmp_path / "runs" / "asked"
    folder.mkdir(parents=True)
    with FileLock(folder / ray_nodes._LOCK):
        yield folder


class Cluster:
    """Stands for Ray's client; its job has ended and has printed something."""

    def __init__(self, printed: str) -> None:
        self.printed, self.asked = printed, 0

    def submit_job(self, **_job: object) -> str:
        self.asked += 1
        return "job"

    def get_job_status(self, _job: str) -> SimpleNamespace:
        return SimpleNamespace(is_terminal=lambda: True)

    def get_job_logs(self, _job: str) -> str:
        return self.printed


def says(**node: object) -> Cluster:
    """A cluster with one node."""
    told = {"address": "10.0.0.7", "cpus": 2.0, "gpus": 0.0, "lack": "", **node}
    return Cluster(f"Ray talks\n{ray_nodes._ANSWER}{json.dumps([told])}\nand talks\n")


def test_a_node_with_the_same_folders_and_locks_lacks_nothing(asked: Path, tmp_path: Path) -> None:
    assert look(asked, tmp_path, digitlab.__version__) == ""


def test_each_thing_that_a_node_lacks_is_named_with_its_remedy(
    asked: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = digitlab.__version__
    assert "install the same one" in look(asked, tmp_path, "0.0.1")
    assert f"does not see {tmp_path / 'elsewhere'}" in look(tmp_path / "elsewhere" / "asked", tmp_path, ours)
    assert "mount the data at the same path" in look(asked, tmp_path / "nodata", ours)
    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", lambda *_: None)
        assert "cannot write into" in look(asked, tmp_path, ours)
    (asked / ray_nodes._LOCK).unlink()
    assert "does not see the locks of others" in look(asked, tmp_path, ours)


def test_what_a_node_lacks_is_one_line_with_its_address() -> None:
    with pytest.raises(NotSaved, match=r"Ray's node 10\.0\.0\.7 cannot run jobs: it does not see /runs"):
        check_nodes(says(lack="it does not see /runs"), Settings.from_environment())  # type: ignore[arg-type]


def test_the_nodes_are_asked_once_in_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    cluster, settings = says(gpus=1.0), Settings.from_environment()
    clock = SimpleNamespace(monotonic=lambda: 1200.0)
    monkeypatch.setattr(ray_nodes, "time", clock)
    (node,) = check_nodes(cluster, settings)  # type: ignore[arg-type]
    assert (node.cpus, node.gpus) == (2.0, 1.0)
    check_nodes(cluster, settings)  # type: ignore[arg-type]
    assert cluster.asked == 1
    clock.monotonic = lambda: 1800.0
    check_nodes(cluster, settings)  # type: ignore[arg-type]
    assert cluster.asked == 2


def test_a_head_without_digitlab_and_a_cluster_without_nodes_are_named() -> None:
    settings = Settings.from_environment()
    with pytest.raises(BadConfig, match="cannot start digitlab: No module named digitlab"):
        check_nodes(Cluster("Ray talks\nNo module named digitlab\n"), settings)  # type: ignore[arg-type]
    with pytest.raises(BadRun, match="no node that is alive"):
        check_nodes(Cluster(f"{ray_nodes._ANSWER}[]"), settings)  # type: ignore[arg-type]
