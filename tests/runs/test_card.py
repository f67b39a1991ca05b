"""What the card of a checkpoint says."""

from collections.abc import Callable

import pytest

from digitlab.runs.card import write_card
from digitlab.runs.label import describe_run
from digitlab.runs.run import Run
from digitlab.runs.status import State, Status

COMMAND = "digitlab train --preset softmax"


@pytest.fixture
def run(make_run: Callable[..., Run]) -> Run:
    """A finished run with figures on one of its two data sets."""
    run = make_run(data="mnist+sklearn", epochs=2, seed=9)
    summary = {"accuracy": 0.9264, "interval": [0.9211, 0.9314], "mistakes": 1736, "images": 23_587}
    run.write_results({"parameters": 7850, "test": {"mnist": summary}})
    run.write_status(Status(State.DONE, chosen_epoch=1, seconds=12.3))
    return run


@pytest.mark.parametrize(
    ("keep", "said"),
    [
        ("best", "Epoch 1 of 2 was chosen: it has the lowest validation loss."),
        ("last", "The weights are those of the last of 2 epochs."),
    ],
)
def test_the_card_says_whose_weights_they_are(keep: str, said: str, make_run: Callable[..., Run]) -> None:
    run = make_run(epochs=2, keep=keep)
    run.write_status(Status(State.DONE, chosen_epoch=1))
    run.write_results({"parameters": 7850, "test": {}})
    assert said in write_card(run, "mine", COMMAND)


def test_the_card_says_how_many_epochs_were_of_distillation(make_run: Callable[..., Run]) -> None:
    run = make_run(epochs=5, distillation_epochs=2)
    assert "Epochs at the end that learned from its own answers, too: 2." in write_card(run, "mine", COMMAND)
    taught = make_run(epochs=5, distillation_epochs=2, teachers="cnn+softmax")
    assert "own answers and those of `cnn` and those of `softmax`, too: 2." in write_card(taught, "mine", COMMAND)
    assert "own answers" not in write_card(make_run(epochs=5), "mine", COMMAND)


def test_the_card_has_a_line_for_each_collection_and_one_for_doubt(run: Run) -> None:
    summary = {"accuracy": 0.9, "interval": [0.8, 0.95], "mistakes": 1, "images": 10}
    doubt = {"temperature": 1.25, "threshold": 0.5}
    run.write_results({**run.results, "test": {"pen": summary}, "donors": {"pen": {"apa": summary}}, "doubt": doubt})
    card = write_card(run, "mine", COMMAND)
    assert "| Pen digits, collected by apa | 90.00 % | 80.00 to 95.00 % | 1 of 10 |" in card
    assert "a temperature of 1.25; below a probability of 0.500 the model says that it is not sure" in card


def test_the_card_says_how_often_the_model_is_sure_where_that_was_measured(run: Run) -> None:
    assert "it is sure of" not in write_card(run, "mine", COMMAND)
    digits = {"digits": 1200, "sure": 0.975, "wrong": 0.004}
    run.write_results({**run.results, "sureness": digits})
    card = write_card(run, "mine", COMMAND)
    assert "Of 1,200 pen digits of unseen people it is sure of 97.5 %, and of 0.4 % sure and wrong." in card
    assert "letters" not in card
    run.write_results({**run.results, "sureness": {**digits, "letters": 900, "letters_sure": 0.03}})
    assert "Of 900 letters that look like no digit, by unseen people, it is sure of 3.0 %." in write_card(
        run, "mine", COMMAND
    )


def test_the_card_tells_data_seed_command_and_figures(run: Run) -> None:
    card = write_card(run, "mine", COMMAND)
    assert card.startswith("# mine\n")
    for words in (
        "Model `softmax`, 7,850 parameters, trained on MNIST + scikit-learn digits with seed 9.",
        "Epoch 1 of 2",
        "| MNIST | 92.64 % | 92.11 to 93.14 % | 1,736 of 23,587 |",
        f"    {COMMAND}\n",
        "- seed: 9",
        "- MNIST: Y. LeCun",
        "- scikit-learn's digits: E. Alpaydin",
    ):
        assert words in card


def test_the_card_repeats_what_was_noted_of_the_run(run: Run) -> None:
    assert "Notes:" not in write_card(run, "mine", COMMAND)
    describe_run(run, "Chosen from two.\nThe other had more dropout.", [])
    assert "\nNotes:\n\nChosen from two.\nThe other had more dropout.\n\nMade by:\n" in write_card(run, "mine", COMMAND)
