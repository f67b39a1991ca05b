from pathlib import Path

import pytest
import torch

from digitlab.config import TrainConfig
from digitlab.errors import BadRun
from digitlab.runs.resume import load_resume, save_resume
from digitlab.runs.run import Run

STATE = {"epoch": 3, "model": {"w": torch.arange(4.0)}, "loss": 0.5, "none": None}


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return Run.create(tmp_path / "runs", TrainConfig())


def test_a_state_comes_back_as_it_was_saved(run: Run) -> None:
    save_resume(run, STATE)
    loaded = load_resume(run)
    assert loaded is not None
    assert torch.equal(loaded["model"]["w"], STATE["model"]["w"])  # type: ignore[index]
    assert (loaded["epoch"], loaded["loss"], loaded["none"]) == (3, 0.5, None)


def test_a_new_state_replaces_the_old_one_and_leaves_nothing_else(run: Run) -> None:
    save_resume(run, STATE)
    save_resume(run, {**STATE, "epoch": 4})
    assert (load_resume(run) or {})["epoch"] == 4
    assert [path.name for path in run.resume.parent.iterdir()] == [run.resume.name]


def test_a_run_without_a_state_begins_at_the_start(run: Run) -> None:
    assert load_resume(run) is None


class Trap:
    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return Path.touch, (self.trace,)


def test_code_in_the_file_is_refused_and_never_run(run: Run, tmp_path: Path) -> None:
    save_resume(run, {"epoch": Trap(tmp_path / "trace")})
    with pytest.raises(BadRun, match="damaged or foreign"):
        load_resume(run)
    assert not (tmp_path / "trace").exists()


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9])
def test_a_truncated_state_is_refused(share: float, run: Run) -> None:
    save_resume(run, STATE)
    content = run.resume.read_bytes()
    run.resume.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(BadRun, match="Delete it to train from the start"):
        load_resume(run)


@pytest.mark.parametrize("value", [[1, 2], torch.ones(3), 7])
def test_something_that_is_no_state_is_refused(value: object, run: Run) -> None:
    save_resume(run, {})
    torch.save(value, run.resume)
    with pytest.raises(BadRun, match="holds no training state"):
        load_resume(run)
