import json
import math
import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

from digitlab.cli.train import command_line
from digitlab.config import CHOICES, MEANINGS, RANGES, TrainConfig
from digitlab.runs.listing import Catalogue
from digitlab.runs.run import Run
from digitlab.runs.status import State
from tests.cli.conftest import Call

QUICK = ["train", "--model", "softmax", "--data", "sklearn", "--epochs", "1", "--batch-size", "200"]


def test_training_prints_progress_on_stderr_and_the_result_on_stdout(call: Call, catalogue: Catalogue) -> None:
    called = call(*QUICK)
    run = catalogue.runs()[0]
    assert called.code == 0
    assert called.out.splitlines()[-1] == run.id
    assert called.out.startswith("sklearn: ")
    assert "epoch 1/1" in called.err
    assert "epoch" not in called.out
    assert run.state is State.DONE


def test_it_trains_here_also_where_ray_starts_jobs(
    call: Call, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIGITLAB_LAUNCHER", "ray")
    monkeypatch.setenv("RAY_ADDRESS", "http://127.0.0.1:9")
    assert call(*QUICK).code == 0
    assert catalogue.runs()[0].state is State.DONE


def test_json_is_exactly_one_object_on_stdout(call: Call, catalogue: Catalogue) -> None:
    called = call(*QUICK, "--json")
    run = catalogue.runs()[0]
    assert called.out.count("\n") == 1
    assert called.json["run"] == run.id
    assert called.json["folder"] == str(run.folder)
    assert called.json["test"]["sklearn"]["accuracy"] == run.results["test"]["sklearn"]["accuracy"]


def test_every_option_reaches_the_config(call: Call, catalogue: Catalogue, make_run: Callable[..., Run]) -> None:
    start = make_run(model="softmax", validation_share=0.2)
    given = {
        **{"model": "softmax", "data": "sklearn", "epochs": 0, "batch_size": 7, "learning_rate": 0.5},
        **{"schedule": "constant", "optimizer": "sgd", "momentum": 0.1, "weight_decay": 0.2, "label_smoothing": 0.3},
        **{"augmentation": "affine", "dropout": 0.4, "seed": 5, "validation_share": 0.2, "device": "cpu"},
        **{"precision": "float32", "name": "mine ✓", "non_digits": 0.1, "weight_averaging": 0.9, "keep": "last"},
        **{"training_images": 9, "distillation_epochs": 2},
        **{"start_from": start.id, "teachers": start.id},
    }
    assert given.keys() == vars(TrainConfig()).keys()
    words = [word for name, value in given.items() for word in ("--" + name.replace("_", "-"), value)]
    assert call("train", *words).code == 0
    assert [run.config for run in catalogue.runs() if run.id != start.id] == [TrainConfig(**given)]


def test_a_preset_is_a_start_that_options_change(call: Call, catalogue: Catalogue) -> None:
    called = call("train", "--preset", "published-softmax", "--data", "sklearn", "--epochs", "0")
    assert called.code == 0
    config = catalogue.runs()[0].config
    assert (config.data, config.epochs) == ("sklearn", 0)
    assert (config.optimizer, config.batch_size, config.name) == ("sgd", 100, "published softmax")


def test_a_saved_config_can_be_trained_again(call: Call, catalogue: Catalogue, tmp_path: Path) -> None:
    config = TrainConfig(model="softmax", data="sklearn", epochs=0, seed=77)
    (tmp_path / "config.json").write_text(json.dumps(config.to_dict()))
    assert call("train", "--config", tmp_path / "config.json").code == 0
    assert catalogue.runs()[0].config == config


def test_a_run_can_be_published_as_a_checkpoint(call: Call, catalogue: Catalogue) -> None:
    assert call(*QUICK, "--checkpoint", "mine", "--snapshots", 1).code == 0
    checkpoint = catalogue.checkpoints()[0]
    assert checkpoint.id == "mine"
    card = (checkpoint.folder / "card.md").read_text()
    words = "--batch-size 200", "--data sklearn", "--checkpoint mine --snapshots 1"
    assert all(word in card for word in words)


@pytest.mark.long
def test_the_command_on_the_card_makes_the_same_run_again(call: Call, catalogue: Catalogue, tmp_path: Path) -> None:
    file = tmp_path / "a config.json"
    config = TrainConfig(model="softmax", data="sklearn", epochs=0, seed=7)
    file.write_text(json.dumps(config.to_dict()))
    name = "my \"hand\" $HOME 'quoted' ✓"
    assert call("train", "--config", file, "--name", name, "--checkpoint", "mine").code == 0
    checkpoint = catalogue.checkpoints()[0]
    assert checkpoint.config == config.replace(name=name)
    card = (checkpoint.folder / "card.md").read_text().splitlines()
    (line,) = [line.strip() for line in card if line.startswith("    ")]
    assert shlex.split(line) == [
        *("digitlab", "train", "--config", str(file), "--name", name, "--checkpoint", "mine"),
    ]
    assert call(*shlex.split(line)[1:]).code == 0
    assert [run.config for run in catalogue.runs()] == [checkpoint.config] * 2


def test_a_command_line_is_quoted_for_a_shell() -> None:
    given = {"preset": None, "config": Path("a b.json"), "name": "my hand", "batch_size": 7, "snapshots": 0}
    assert command_line(given) == "digitlab train --config 'a b.json' --name 'my hand' --batch-size 7 --snapshots 0"


def test_the_help_says_what_every_setting_means_and_takes(call: Call) -> None:
    shown = "".join(call("train", "--help").out.split())
    assert MEANINGS.keys() == RANGES.keys() | CHOICES.keys() | {"model", "data", "teachers", "start_from", "name"}
    for name, meaning in MEANINGS.items():
        option = "--" + name.replace("_", "-")
        assert option in shown
        assert "".join(meaning.split()) in shown
    for name, (low, high) in RANGES.items():
        assert "".join(f"{MEANINGS[name]} From {low:g} to {high:g}.".split()) in shown
    for name, words in CHOICES.items():
        assert "".join(f"{MEANINGS[name]} One of {', '.join(words)}.".split()) in shown


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--learning-rate", "-1"], "learning_rate is -1.0; choose a number from 1e-07 to 100"),
        (["--learning-rate", "nan"], "learning_rate is nan"),
        (["--learning-rate", math.inf], "learning_rate is inf"),
        (["--learning-rate", "fast"], "'fast' is not a valid float"),
        (["--epochs", "-1"], "epochs is -1"),
        (["--epochs", "1.5"], "'1.5' is not a valid integer"),
        (["--batch-size", "0"], "batch_size is 0"),
        (["--model", "perceptron"], "There is no model 'perceptron'. Choose one of: softmax, cnn"),
        (["--model", "../cnn"], "model is '../cnn'"),
        (["--data", "letters"], "There is no data set 'letters'. Choose mnist, pen, mine, sklearn"),
        (["--data", ""], "data is ''"),
        (["--schedule", "linear"], "schedule is 'linear'; choose one of constant, cosine, one-cycle"),
        (["--preset", "best"], "There is no preset 'best'"),
        (["--name", "x" * 81], "choose at most 80 printable characters"),
        (["--checkpoint", "../x"], "A checkpoint cannot be called '../x'"),
        (["--config", "nowhere.json"], "nowhere.json cannot be read: No such file"),
        (["--config", "."], "cannot be read: Is a directory"),
        (["--speed", "3"], "No such option"),
    ],
)
def test_bad_settings_are_refused_in_one_line_and_make_no_run(
    words: list[object], message: str, refuse: Callable[..., str]
) -> None:
    assert message in refuse("train", *words)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{", "is not JSON"),
        (b"\xff\xfe", "is not JSON"),
        (b"[]", "holds no JSON object"),
        (b"[" * 100_000, "is not JSON"),
        (b'{"speed": 3}', "Unknown setting 'speed'"),
        (b'{"learning_rate": -1}', "learning_rate is -1"),
        (b'{"learning_rate": NaN}', "learning_rate is nan"),
        (b'{"format": 99}', "this digitlab reads 1"),
    ],
)
def test_bad_config_files_are_refused_in_one_line(
    content: bytes, message: str, refuse: Callable[..., str], tmp_path: Path
) -> None:
    (tmp_path / "config.json").write_bytes(content)
    assert message in refuse("train", "--config", tmp_path / "config.json")


def test_a_preset_and_a_config_together_are_refused(refuse: Callable[..., str], tmp_path: Path) -> None:
    assert "not both" in refuse("train", "--preset", "quick", "--config", tmp_path / "c.json")


def test_a_folder_that_cannot_hold_runs_is_refused(
    refuse: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("DIGITLAB_RUNS", str(tmp_path / "file" / "runs"))
    assert "cannot be written" in refuse(*QUICK)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (
            "mine",
            "My handwriting cannot be trained on: there is no drawing yet. Draw digits and label them on Draw first",
        ),
        ("mnist+mine", "My handwriting cannot be trained on"),
        ("pen", r"Pen digits cannot be trained on: not in .* Run `digitlab download pen`"),
    ],
)
def test_data_that_are_not_here_are_refused_before_there_is_a_run(
    data: str, message: str, refuse: Callable[..., str], tmp_path: Path
) -> None:
    assert re.search(message, refuse("train", "--model", "softmax", "--data", data, "--epochs", "1"))
    assert not (tmp_path / "runs").exists()


def test_a_training_that_goes_wrong_is_one_line_and_a_failed_run(call: Call, catalogue: Catalogue) -> None:
    words = ["--model", "cnn-small", "--data", "sklearn", "--optimizer", "sgd", "--learning-rate", "100"]
    called = call("train", *words)
    assert (called.code, called.out) == (2, "")
    assert called.err.splitlines()[-1].startswith("Error: The loss became ")
    assert [run.state for run in catalogue.runs()] == [State.FAILED]
