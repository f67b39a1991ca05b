import inspect

from digitlab import errors


def test_every_error_of_the_library_is_a_digitlab_error() -> None:
    kinds = [kind for _, kind in inspect.getmembers(errors, inspect.isclass)]
    assert len(kinds) > 5
    assert all(issubclass(kind, errors.DigitlabError) for kind in kinds)


def test_digitlab_errors_are_not_mixed_up_with_built_in_ones() -> None:
    assert errors.DigitlabError.__mro__[1] is Exception
