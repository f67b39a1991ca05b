import base64
import io

import numpy as np
import pytest
from PIL import Image

from digitlab.formats import (
    adding_up,
    count,
    duration,
    file_size,
    interval,
    milliseconds,
    part_id,
    percent,
    plain,
    png,
    png_address,
    printable,
    short,
    signed,
    unlike,
)


@pytest.mark.parametrize(
    ("share", "decimals", "text"), [(0.98765, 1, "98.8 %"), (0.9264, 2, "92.64 %"), (1, 1, "100.0 %"), (0, 1, "0.0 %")]
)
def test_shares_become_percentages(share: float, decimals: int, text: str) -> None:
    assert percent(share, decimals).replace("\u202f", " ") == text


def test_numbers_never_break_from_their_unit() -> None:
    assert "\u202f" in percent(0.5)
    assert "\u202f" in milliseconds(3.14159)
    assert milliseconds(3.14159).startswith("3.1")


def test_counts_have_separators() -> None:
    assert [count(number) for number in (0, 999, 7850, 1_234_567)] == ["0", "999", "7,850", "1,234,567"]


def test_sizes_are_in_kb_below_a_megabyte() -> None:
    assert file_size(999_400) == "999\u202fkB"
    assert file_size(1_000_000) == "1.0\u202fMB"


@pytest.mark.parametrize(
    ("seconds", "words"), [(-1, "0 s"), (41.4, "41 s"), (59.9, "1 min 00 s"), (125, "2 min 05 s"), (3720, "1 h 02 min")]
)
def test_durations_have_their_two_largest_units(seconds: float, words: str) -> None:
    assert duration(seconds).replace("\u202f", " ") == words


def test_intervals_have_one_unit_for_both_ends() -> None:
    assert interval((0.9956, 0.997832)) == "99.56 to 99.78\u202f%"
    assert interval((0.0, 1.0), 1) == "0.0 to 100.0\u202f%"


def test_a_value_from_outside_is_one_short_line() -> None:
    assert short("two\nlines") == "'two\\nlines'"
    assert short(np.zeros((2, 2))) == "array([[0., 0.], [0., 0.]])"
    assert len(short("x" * 10**6)) == 60
    assert short([1, 2, 3], longest=8) == "[1, 2..."
    assert short([1, 2, 3], longest=9) == "[1, 2, 3]"


@pytest.mark.parametrize("shape", [(3, 5), (28, 28), (4, 6, 3)])
def test_a_picture_comes_back_from_its_png(shape: tuple[int, ...]) -> None:
    picture = np.random.default_rng(0).integers(0, 256, shape).astype(np.uint8)
    with Image.open(io.BytesIO(png(picture))) as file:
        assert file.format == "PNG"
        assert (np.asarray(file) == picture).all()


def test_the_address_of_a_picture_holds_its_png() -> None:
    picture = np.arange(6, dtype=np.uint8).reshape(2, 3)
    head, _, content = png_address(picture).partition(",")
    assert head == "data:image/png;base64"
    assert base64.b64decode(content, validate=True) == png(picture)


def test_of_a_large_value_only_what_is_shown_is_looked_at() -> None:
    class Counted(list):
        shown = 0

        def __repr__(self) -> str:
            Counted.shown += 1
            return "x"

    assert short([Counted() for _ in range(10_000)]).startswith("[x, x")
    assert Counted.shown <= 100


def test_a_name_from_outside_is_one_line_of_characters() -> None:
    assert printable("a\nb\ud800\x00c.png") == "abc.png"
    assert printable("x" * 100) == "x" * 80


@pytest.mark.parametrize(("value", "text"), [(0.534, "+0.53"), (-0.067, "−0.07"), (-0.001, "0.00"), (0, "0.00")])
def test_a_signed_number_always_has_its_sign_but_for_nothing(value: float, text: str) -> None:
    assert signed(value) == text


def test_what_is_rounded_together_adds_up_to_the_rounded_sum() -> None:
    random = np.random.default_rng(0)
    for size in (1, 2, 7, 150):
        parts = random.normal(0, 3, size)
        shown = adding_up(parts.tolist())
        assert sum(round(100 * part) for part in shown) == round(100 * parts.sum())
        assert max(np.abs(shown - parts)) < 0.01
    assert adding_up([1 / 3, 1 / 3, 1 / 3]) == [0.34, 0.33, 0.33]
    assert adding_up([]) == []


@pytest.mark.parametrize("text", ["![x](http://a)", "[a](b)", "**b**", "`c`", "<b>", "$x$", ":red[x]"])
def test_markup_is_escaped(text: str) -> None:
    assert plain(text).replace("\\", "") == text
    assert plain(text) != text


def test_plain_words_stay_as_they_are() -> None:
    assert plain("Draw a digit, please") == "Draw a digit, please"


def test_names_that_several_share_get_the_end_of_their_ids() -> None:
    titles = {"cnn": "cnn", "x-111111": "mine", "x-222222": "mine", "x-333333": "other", "x-444444": "cnn"}
    assert list(unlike(titles).values()) == ["cnn", "mine (111111)", "mine (222222)", "other", "cnn (444444)"]


def test_the_end_of_an_id_is_parted_from_the_name_before_it_and_nothing_else_is() -> None:
    known = list(unlike({"1-aaaaaa": "my (old) net", "2-bbbbbb": "my (old) net"}).values())
    assert [part_id(name) for name in known] == [("my (old) net", " (aaaaaa)"), ("my (old) net", " (bbbbbb)")]
    assert part_id("CNN (deep)") == ("CNN (deep)", "")
    assert part_id(" (aaaaaa)") == (" (aaaaaa)", "")
