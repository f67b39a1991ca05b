"""How values are written for people: the same digits of the same thing everywhere. And pictures as PNG.

Numbers and units are parted by a narrow space (U+202F) that no line breaks at.
"""

import base64
import io
import math
import re
import reprlib
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np


def unlike(titles: Mapping[str, str]) -> dict[str, str]:
    """Id → a name for a list in which no two read alike: the title, with the end of the id where several share it."""
    often = Counter(titles.values())
    return {
        key: title if often[title] == 1 or title == key else f"{title} ({id_end(key)})" for key, title in titles.items()
    }


def id_end(key: str) -> str:
    """The part of an id by which people tell things of one name apart."""
    return key[-6:]


_WITH_ID = re.compile(r"(.+)( \([0-9a-z-]{6}\))")


def part_id(name: str) -> tuple[str, str]:
    """A name, and the end of an id that `unlike` has put behind it; an empty text where there is none."""
    found = _WITH_ID.fullmatch(name)
    return (found[1], found[2]) if found else (name, "")


def percent(share: float, decimals: int = 1) -> str:
    """A share in 0..1 as a percentage: probabilities with one decimal, accuracies with two."""
    return f"{100 * share:.{decimals}f}\u202f%"


def interval(limits: tuple[float, float], decimals: int = 2) -> str:
    """An interval of shares in 0..1: 99.56 to 99.78 %."""
    low, high = limits
    return f"{100 * low:.{decimals}f} to {percent(high, decimals)}"


def count(number: int) -> str:
    """A count with separators: 7,850."""
    return f"{number:,}"


def signed(value: float, decimals: int = 2) -> str:
    """A number with its sign, always as many decimals: +0.53, −0.07, 0.00."""
    text = f"{value:+.{decimals}f}"
    return text[1:] if not text.strip("+-0.") else text.replace("-", "−")


def adding_up(parts: Sequence[float], decimals: int = 2) -> list[float]:
    """The parts of a sum, rounded so that they add up to the rounded sum; each is off by less than one last digit.

    By largest remainders (T. Hare): of the parts rounded down, those that lost most are rounded up instead.
    """
    scaled = [float(part) * 10**decimals for part in parts]
    whole = [math.floor(part) for part in scaled]
    missing = round(math.fsum(scaled)) - sum(whole)
    for index in sorted(range(len(whole)), key=lambda at: whole[at] - scaled[at])[:missing]:
        whole[index] += 1
    return [part / 10**decimals for part in whole]


def milliseconds(value: float, decimals: int = 1) -> str:
    """A time in ms."""
    return f"{value:.{decimals}f}\u202fms"


def duration(seconds: float) -> str:
    """A time in words, with the two largest units that matter: 41 s, 2 min 05 s, 1 h 02 min."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole}\u202fs"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes}\u202fmin {rest:02d}\u202fs"
    hours, minutes = divmod(minutes, 60)
    return f"{hours}\u202fh {minutes:02d}\u202fmin"


def file_size(size: int) -> str:
    """A size in bytes as kB or MB."""
    return f"{size / 1e6:.1f}\u202fMB" if size >= 1e6 else f"{size / 1e3:.0f}\u202fkB"


_MOST_SHOWN = 100
_outline = reprlib.Repr()
"""Looks at no more of a value than a message can show: the `repr` of 20 MB would take seconds."""

_outline.maxlevel = 3
_outline.maxlist = _outline.maxtuple = _outline.maxdict = _MOST_SHOWN
_outline.maxstring = _outline.maxlong = _outline.maxother = 10 * _MOST_SHOWN


def short(value: object, longest: int = 60) -> str:
    """A value from outside as an error message shows it: its `repr` in one line, cut where it is long."""
    text = re.sub(r"\s*\n\s*", " ", _outline.repr(value))
    return text if len(text) <= longest else text[: longest - 3] + "..."


def printable(text: str, longest: int = 80) -> str:
    """A name from outside as messages and lists show it: without line breaks, control characters and what is no
    character at all (a lone surrogate), cut where it is long."""
    return "".join(letter for letter in text[: 4 * longest] if letter.isprintable())[:longest]


def one_line(text: str, longest: int = 500) -> str:
    """A message in one printable line; where it is too long, its middle is left out: the end says what to do."""
    line = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    if len(line) <= longest:
        return line
    head = 2 * longest // 3
    return f"{line[:head]} … {line[head + 3 - longest :]}"


def plain(text: str) -> str:
    """The text with all that Markdown would read as markup escaped; for names and messages from outside."""
    return re.sub(r"([\\`*_{}\[\]()<>#+\-.!|~$:^&\"'])", r"\\\1", text)


def png(picture: "np.ndarray") -> bytes:
    """A PNG file of a picture: `uint8` of shape (height, width), grey, or (height, width, 3), red, green and blue."""
    from PIL import Image

    file = io.BytesIO()
    Image.fromarray(picture).save(file, "PNG", compress_level=1)
    return file.getvalue()


def png_address(picture: "np.ndarray") -> str:
    """A picture, as `png` takes it, as an address that holds all of it: `data:image/png;base64,…`."""
    return f"data:image/png;base64,{base64.b64encode(png(picture)).decode()}"
