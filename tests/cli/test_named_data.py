"""What the shell completes after Tab, asked as a shell would ask."""

from collections.abc import Callable
from pathlib import Path

import pytest

from digitlab.cli.main import main
from digitlab.cli.named_data import is_at_hand, is_file
from digitlab.data.dataset import DATASETS
from digitlab.errors import UnknownName
from digitlab.runs.run import Run
from digitlab.settings import Settings

Complete = Callable[..., set[str]]


@pytest.fixture
def complete(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Complete:
    """What the shell offers for the last of the words."""

    def ask(*words: str) -> set[str]:
        monkeypatch.setenv("_DIGITLAB_COMPLETE", "bash_complete")
        monkeypatch.setenv("COMP_WORDS", " ".join(words))
        monkeypatch.setenv("COMP_CWORD", str(len(words) - 1))
        with pytest.raises(SystemExit) as ended:
            main.main(args=[], prog_name="digitlab")
        assert ended.value.code in (0, None)
        kinds = [line.partition(",") for line in capsys.readouterr().out.splitlines()]
        return {value for kind, _, value in kinds if kind == "plain"}

    return ask


def test_commands_are_completed(complete: Complete) -> None:
    assert complete("digitlab", "pre") == {"predict"}
    assert complete("digitlab", "e") == {"evaluate", "export"}
    assert complete("digitlab", "x") == set()


@pytest.mark.parametrize("command", ["evaluate", "predict", "report", "export"])
def test_models_are_completed(
    command: str, complete: Complete, make_run: Callable[..., Run], checkpoints: Path
) -> None:
    run = make_run()
    make_run().weights.unlink()
    for name in ("champion", "cheap", "cnn"):
        make_run(checkpoints).folder.rename(checkpoints / name)
    assert complete("digitlab", command, "ch") == {"champion", "cheap"}
    assert complete("digitlab", command, run.id[:4]) == {run.id}


def test_without_any_model_the_shell_offers_none(complete: Complete, tmp_path: Path) -> None:
    assert complete("digitlab", "evaluate", "c") == set()
    assert not (tmp_path / "runs").exists()


def test_completing_is_silent_where_the_installation_is_at_fault(
    complete: Complete, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIGITLAB_JOBS", "many")
    assert complete("digitlab", "evaluate", "c") == set()


def test_data_sets_and_words_of_settings_are_completed(complete: Complete) -> None:
    assert complete("digitlab", "evaluate", "cnn", "--data", "m") == {"mnist", "mine"}
    assert complete("digitlab", "evaluate", "cnn", "--data", "") >= set(DATASETS)
    assert complete("digitlab", "train", "--schedule", "co") == {"constant", "cosine"}


@pytest.mark.parametrize("name", ["./mnist", "mine.jsonl", "/tmp/x", ".", "a/b"])
def test_a_dot_or_slash_makes_a_file(name: str) -> None:
    assert is_file(name)
    assert is_at_hand(name, Settings.from_environment())


@pytest.mark.parametrize("name", ["mnist", "mnist+pen", ""])
def test_anything_else_is_a_data_set(name: str) -> None:
    assert not is_file(name)


def test_only_what_needs_no_network_is_at_hand() -> None:
    settings = Settings.from_environment()
    assert is_at_hand("sklearn", settings)
    assert not is_at_hand("mnist", settings)
    assert not is_at_hand("sklearn+mnist", settings)
    with pytest.raises(UnknownName):
        is_at_hand("letters", settings)
