import sys
from collections.abc import Callable

import pytest

from digitlab.cli.progress import TrainingProgress, progress_bar
from digitlab.config import TrainConfig
from digitlab.data.parts import Part
from digitlab.models import build_model
from digitlab.training.trainer import Trainer


@pytest.mark.parametrize("terminal", [True, False])
def test_every_epoch_gets_a_line_and_a_terminal_a_bar(
    terminal: bool,
    make_part: Callable[..., Part],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal)
    config = TrainConfig(model="softmax", epochs=2, batch_size=10)
    with TrainingProgress(config.epochs) as progress:
        Trainer(build_model("softmax"), make_part(30), make_part(10), config, progress.hooks).run()
    printed = capsys.readouterr()
    assert printed.out == ""
    assert [line for line in printed.err.splitlines() if "validation" in line][1].split()[0] == "epoch"
    assert printed.err.count("validation") == 2
    assert ("100%" in printed.err) is terminal


@pytest.mark.parametrize("terminal", [True, False])
def test_loading_data_shows_a_bar_on_a_terminal_alone(
    terminal: bool, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal)
    with progress_bar() as show, TrainingProgress(1) as progress:
        for done in range(1, 4):
            show("Rendering", done, 3)
            progress.data("Downloading", done, 3)
    printed = capsys.readouterr()
    assert printed.out == ""
    for words in ("Rendering", "Downloading", "100%"):
        assert (words in printed.err) is terminal
