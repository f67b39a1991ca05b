"""Messages from outside stay text."""

import pytest

from digitlab.ui.app.callouts import plain


@pytest.mark.parametrize("text", ["![x](http://a)", "[a](b)", "**b**", "`c`", "<b>", "$x$", ":red[x]"])
def test_markup_is_escaped(text: str) -> None:
    assert plain(text).replace("\\", "") == text
    assert plain(text) != text


def test_plain_words_stay_as_they_are() -> None:
    assert plain("Draw a digit, please") == "Draw a digit, please"
