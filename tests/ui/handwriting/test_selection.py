"""The images of the user's drawings: prepared once, right for every drawing, and asked for by several sessions."""

import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest

from digitlab.data import PartName
from digitlab.data.exports import image_of
from digitlab.data.handwriting_file import MyDrawing
from digitlab.ui.handwriting import selection
from digitlab.ui.handwriting.selection import images_of

FITS = 8


def drawing(number: int) -> MyDrawing:
    ink = [[[60.0, 60.0], [200.0, 60.0 + 4 * number], [120.0, 230.0]]]
    facts = {"digit": 7, "part": PartName.TRAIN, "made": "2026-11-22T12:00:00+00:00"}
    return MyDrawing(ink=ink, pen_width=18.0, id=f"{number:08x}", **facts)


@pytest.fixture
def hasty_threads() -> Iterator[None]:
    """Threads take turns all the time, so that they meet each other at every step."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


@pytest.fixture
def little_room(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only a few images are remembered."""
    monkeypatch.setattr(selection, "_image", lru_cache(maxsize=FITS)(selection._image.__wrapped__))


def test_no_drawing_gives_no_image() -> None:
    assert images_of([]).shape == (0, 28, 28)


def test_each_drawing_has_its_own_image() -> None:
    drawings = [drawing(number) for number in range(5)]
    np.testing.assert_array_equal(images_of(drawings), [image_of(one) for one in drawings])
    assert len({image.tobytes() for image in images_of(drawings)}) == 5


def test_an_image_is_of_the_ink_whatever_else_is_the_same() -> None:
    one, other = drawing(0), drawing(9)
    same_facts = replace(other, id=one.id)
    np.testing.assert_array_equal(images_of([one, same_facts]), [image_of(one), image_of(other)])
    assert (images_of([one])[0] != images_of([same_facts])[0]).any()
    broad = replace(one, pen_width=40.0)
    np.testing.assert_array_equal(images_of([broad])[0], image_of(broad))


def test_an_image_is_prepared_once(monkeypatch: pytest.MonkeyPatch, little_room: None) -> None:
    prepared: list[float] = []
    monkeypatch.setattr(selection, "image_of", lambda one: (prepared.append(one.pen_width), image_of(one))[1])
    for _ in range(3):
        images_of([drawing(0), drawing(1)])
    assert len(prepared) == 2


def test_sessions_that_ask_at_once_for_more_than_is_remembered_all_get_the_right_images(
    little_room: None, hasty_threads: None
) -> None:
    drawings = [drawing(number) for number in range(5 * FITS)]
    right = np.array([image_of(one) for one in drawings])
    sessions = 8
    together = threading.Barrier(sessions)

    def ask(session: int) -> bool:
        order = np.random.default_rng(session).permutation(len(drawings))
        together.wait()
        return all(np.array_equal(images_of([drawings[i] for i in order]), right[order]) for _ in range(3))

    with ThreadPoolExecutor(sessions) as pool:
        assert list(pool.map(ask, range(sessions))) == [True] * sessions
