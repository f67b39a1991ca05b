import inspect

from digitlab import errors


def test_every_error_of_the_library_is_a_digitlab_error() -> None:
    kinds = [k for _, k in inspect.getmembers(errors, inspect.isclass) if k.__module__ == errors.__name__]
    assert len(kinds) > 5
    assert all(issubclass(kind, errors.DigitlabError) for kind in kinds)


def test_digitlab_errors_are_not_mixed_up_with_built_in_ones() -> None:
    assert errors.DigitlabError.__mro__[1] is Exception


def test_a_bad_setting_says_which_what_and_what_else() -> None:
    error = errors.BadConfig(field="epochs", value=-1, allowed="choose a number from 0 to 1000")
    assert str(error) == "epochs is -1; choose a number from 0 to 1000."
    assert (error.field, error.value, error.allowed) == ("epochs", -1, "choose a number from 0 to 1000")


def test_trouble_with_no_single_setting_has_its_own_words() -> None:
    error = errors.BadConfig("There is no room.")
    assert str(error) == "There is no room."
    assert error.field == ""


def test_a_message_is_one_printable_line_that_keeps_its_end() -> None:
    found = "no such\n  key \ud800" + "x" * 10_000
    for kind in (errors.BadRun, errors.BadConfig, errors.NotSaved):
        line = str(kind(f"weights.safetensors is damaged ({found}). Delete the run."))
        assert line.isprintable()
        assert len(line) == 500
        assert line.startswith("weights.safetensors is damaged (no such key xxx")
        assert line.endswith("xxx). Delete the run.")
    assert str(errors.BadRun("Short\tand  good.")) == "Short and good."
