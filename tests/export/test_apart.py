from collections.abc import Callable

import onnx
import pytest
import torch

from digitlab.errors import BadRun
from digitlab.export import apart
from digitlab.export.apart import make_apart
from digitlab.export.exports import EXPORTS
from digitlab.runs.run import Run


@pytest.mark.long
def test_another_process_makes_the_file(calm_run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.onnx, "export", None)  # not in this one
    monkeypatch.setenv("DIGITLAB_CODE", "x")  # too short a code: a setting of the server that is nothing to the other
    ((name, content),) = make_apart(EXPORTS["onnx"], calm_run).items()
    assert name == f"{calm_run.id}.onnx"
    facts = {prop.key: prop.value for prop in onnx.load_from_string(content).metadata_props}
    assert (facts["model"], facts["temperature"]) == (calm_run.id, "2.0")


@pytest.mark.long
def test_what_the_other_process_refuses_is_said_in_its_words(make_run: Callable[..., Run]) -> None:
    run = make_run()
    run.weights.write_bytes(b"no weights")
    with pytest.raises(BadRun, match=rf"^{run.id}\.pt cannot be made: .*weights\.safetensors is damaged"):
        make_apart(EXPORTS["torchscript"], run)


def test_a_process_that_takes_too_long_is_ended(calm_run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "_LONGEST", 0.01)
    with pytest.raises(BadRun, match=r"took over 0\.01 s"):
        make_apart(EXPORTS["torchscript"], calm_run)


def test_a_process_that_cannot_be_started_gets_one_line(calm_run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/nosuch/python")
    with pytest.raises(BadRun, match="No process can be started"):
        make_apart(EXPORTS["torchscript"], calm_run)
