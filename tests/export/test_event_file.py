import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from digitlab.errors import BadRun, NotInstalled
from digitlab.export.event_file import to_events
from digitlab.export.exports import EXPORTS, write_export
from digitlab.runs.run import Run, open_run
from digitlab.settings import CHECKPOINTS

Curves = dict[str, list[tuple[int, float]]]


def curves_in(folder: Path) -> Curves:
    """What TensorBoard finds in a folder: tag → step and value of each point."""
    found = EventAccumulator(str(folder), size_guidance={"scalars": 0, "tensors": 0})
    found.Reload()
    return {tag: [(point.step, point.value) for point in found.Scalars(tag)] for tag in found.Tags()["scalars"]}


def curves_of(run: Run) -> Curves:
    """What the history says, in TensorBoard's precision."""
    curves: Curves = {}
    for record in run.records:
        axis = "epoch" if "epoch" in record else "step"
        for name, value in record.items():
            if name not in ("epoch", "step"):
                curves.setdefault(f"{axis}/{name}", []).append((record[axis], float(np.float32(value))))
    return curves


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "events"


@pytest.mark.parametrize("name", ["softmax", "cnn"])
def test_tensorboard_shows_every_point_of_the_history(name: str, folder: Path) -> None:
    run = open_run(CHECKPOINTS / name)
    write_export(EXPORTS["tensorboard"], run, folder)
    found = curves_in(folder)
    assert found == curves_of(run)
    assert {"train_loss", "validation_accuracy", "learning_rate", "gradient_norm", "weight_norm"} <= {
        tag.removeprefix("epoch/") for tag in found
    }


def test_records_of_steps_are_curves_of_their_own(make_run: Callable[..., Run], folder: Path) -> None:
    run = make_run()
    run.append_history({"step": 3, "train_loss": 2.0})
    run.append_history({"epoch": 1, "step": 9, "train_loss": 1.5, "gradient_norm": float("nan")})
    write_export(EXPORTS["tensorboard"], run, folder)
    assert curves_in(folder) == {"step/train_loss": [(3, 2.0)], "epoch/train_loss": [(1, 1.5)]}


def test_a_second_export_takes_the_place_of_the_first(make_run: Callable[..., Run], folder: Path) -> None:
    run = make_run()
    for epoch in (1, 2):
        run.append_history({"epoch": epoch, "train_loss": 0.5})
        (file,) = write_export(EXPORTS["tensorboard"], run, folder)
    assert list(folder.iterdir()) == [file]
    assert curves_in(folder) == {"epoch/train_loss": [(1, 0.5), (2, 0.5)]}


def test_the_champion_has_none_and_says_what_to_choose() -> None:
    with pytest.raises(BadRun, match=r"champion has no history to export. Choose a run that was trained"):
        to_events(open_run(CHECKPOINTS / "champion"))


def test_a_run_without_a_history_is_refused(make_run: Callable[..., Run]) -> None:
    with pytest.raises(BadRun, match="has no history to export"):
        to_events(make_run())


def test_a_missing_tensorboard_gets_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tensorboard.summary.writer.record_writer", None)
    with pytest.raises(NotInstalled, match=r"needs the package tensorboard, .* pip install \"\.\[export\]\""):
        to_events(open_run(CHECKPOINTS / "softmax"))
