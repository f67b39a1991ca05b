"""The names of saved figures."""

from digitlab.ui.shared.plots import file_name, of_models


def test_a_saved_figure_is_called_by_model_data_and_what_it_shows() -> None:
    assert file_name("cnn mnist test", "ROC") == "digitlab-cnn-mnist-test-roc"


def test_a_name_from_outside_becomes_letters_digits_and_dashes() -> None:
    assert file_name("../Ünïx: <b>", "ROC") == "digitlab-n-x-b-roc"


def test_of_many_models_the_first_are_named() -> None:
    assert of_models(["a", "b"]) == "a b"
    assert of_models(["a", "b", "c", "d", "e"]) == "a b c and 2 more"
