from digitlab.figures.sweep import ACCURACY, LOSS
from digitlab.figures.sweep_words import (
    describe_importance,
    describe_parallel,
    describe_slice,
    describe_spread,
    describe_thinned,
    describe_time,
)
from tests.figures.test_sweep import SCALES, TRIED


def test_the_words_of_parallel_coordinates_name_the_best_and_the_worst() -> None:
    said = describe_parallel(TRIED, SCALES, ACCURACY)
    assert said.startswith("3 trials across Rate, Model, Size; validation accuracy last.")
    assert "Best: trial 1, Rate 0.001, Model a, Size 5: 90.00 %." in said
    assert "Worst: trial 2, Rate 0.1, Model b, Size 5: 50.00 %." in said
    assert describe_parallel([], SCALES, LOSS).endswith("None is done yet.")


def test_where_trials_are_left_out_the_words_say_how_many_are_drawn() -> None:
    assert describe_thinned(2000, 2000) == ""
    assert describe_thinned(10_000, 2000).startswith("Of 10,000 trials one in 5 is drawn")


def test_the_words_of_a_slice_say_medians_of_words_and_the_ends_of_numbers() -> None:
    assert describe_slice(TRIED, "model", SCALES["model"], ACCURACY) == (
        "Validation accuracy along Model. Medians: a 90.00 % over 1; b 50.00 % over 1; c 70.00 % over 1."
    )
    assert describe_slice(TRIED, "rate", SCALES["rate"], LOSS) == (
        "Validation loss (nats) along Rate. Best 0.5 at 0.1, worst 0.9 at 0.001."
    )
    assert describe_slice([], "rate", SCALES["rate"], LOSS).endswith("No trial is done yet.")


def test_the_words_of_the_other_figures_say_their_values() -> None:
    assert "Rate 70 %; Model 30 %" in describe_importance({"Model": 0.3, "Rate": 0.7})
    assert describe_importance({}).endswith("Nothing to say yet.")
    assert describe_time(TRIED, [1], ACCURACY).endswith("3 trials. Not beaten: trial 1, 90.00 % in 1 s.")
    assert "trial 1, mean 90.00 %, standard deviation 7.00 %, 2 seeds" in describe_spread(TRIED, ACCURACY)
    assert describe_spread([], LOSS).endswith("none yet.")
