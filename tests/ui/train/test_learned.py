"""What is said of the sample images."""

from digitlab.runs.status import State, Status
from digitlab.ui.train.learned import samples_in_words


def test_during_the_first_epoch_the_samples_say_that_the_weights_are_those_from_before_training() -> None:
    title, words = samples_in_words(Status(State.RUNNING, epoch=0, step=70), under_way=True)
    assert title == "Validation images before training"
    assert "those after the first epoch follow when it ends" in words


def test_after_an_epoch_the_samples_say_which_weights_read_them() -> None:
    title, words = samples_in_words(Status(State.RUNNING, epoch=4, chosen_epoch=3), under_way=True)
    assert title == "Validation images after epoch 3"
    assert "chosen so far" in words
