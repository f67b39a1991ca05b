from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from digitlab.data.dataset import DATASETS
from digitlab.data.parts import NO_DIGIT, Part
from digitlab.data.training_images import FreshImages, InkSet, load_training
from digitlab.errors import DataMissing
from digitlab.ink.strokes import LabelledDrawing
from tests.data.test_dataset import add_some

SEVEN = LabelledDrawing(ink=[[[0, 0], [40, 0], [20, 60]]], digit=7, writer="anna")


def images(make_part: Callable[..., Part], non_digits: float = 0.0) -> FreshImages:
    return FreshImages([make_part(10)], [InkSet([SEVEN], 3)], non_digits)


@pytest.mark.parametrize(
    ("count", "renderings"), [(1, 64), (31, 64), (32, 62), (100, 20), (333, 6), (334, 6), (5000, 6)]
)
def test_few_drawings_of_my_own_are_rendered_more_often(
    count: int, renderings: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawings = [LabelledDrawing(ink=[[[0.0, 0.0], [9.0, 9.0]]], digit=1)] * count
    for name in ("pen", "mine"):
        monkeypatch.setitem(DATASETS, name, replace(DATASETS[name], drawings=lambda *_: drawings))
    assert len(load_training("mine", tmp_path, 0.1, fresh=True)) == count * renderings
    assert len(load_training("pen", tmp_path, 0.1, fresh=True)) == count * 6


def test_some_training_images_are_drawn_by_the_seed_and_more_of_them_hold_the_fewer(tmp_path: Path) -> None:
    def images(most: int, seed: int) -> set[bytes]:
        part = load_training("sklearn", tmp_path, 0.1, most=most, seed=seed).of_epoch(0)
        return {image.numpy().tobytes() for image in part.images}

    few, more = images(50, 3), images(200, 3)
    assert few != images(50, 4)
    assert len(few) == 50
    assert few < more
    everything = load_training("sklearn", tmp_path, 0.1)
    assert len(load_training("sklearn", tmp_path, 0.1, most=100_000)) == len(everything)
    assert len(load_training("sklearn", tmp_path, 0.1, most=0)) == len(everything)


def test_a_drawing_counts_once_however_often_it_is_rendered(tmp_path: Path) -> None:
    add_some(tmp_path, 60)
    part = load_training("mine+sklearn", tmp_path, 0.1, most=100, fresh=True)
    pictures = sum(len(one) for one in part.pictures)  # type: ignore[attr-defined]
    drawings = sum(len(one.drawings) for one in part.ink)  # type: ignore[attr-defined]
    assert pictures + drawings == 100
    assert len(load_training("mine+sklearn", tmp_path, 0.1, most=1, fresh=True)) >= 1


def test_training_on_my_handwriting_without_any_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(DataMissing, match="Draw and label some more"):
        load_training("sklearn+mine", tmp_path, 0.1)


def test_rendering_many_drawings_is_reported_as_it_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drawings = [LabelledDrawing(ink=[[[0.0, 0.0], [9.0, 9.0]]], digit=1)] * 100
    monkeypatch.setitem(DATASETS, "pen", replace(DATASETS["pen"], drawings=lambda *_: drawings))
    words: list[tuple[str, int, int]] = []
    load_training("pen", tmp_path, 0.1, progress=lambda *word: words.append(word))
    assert words[-1] == ("rendering drawings", 600, 600)
    assert len(words) > 1


def test_pictures_stay_and_drawings_are_new_in_every_epoch(make_part: Callable[..., Part]) -> None:
    fresh = images(make_part)
    first, second = fresh.of_epoch(0), fresh.of_epoch(1)
    assert first.images[:10].equal(second.images[:10])
    assert first.labels.tolist()[10:] == [7, 7, 7]
    assert not any(a.equal(b) for a in first.images[10:] for b in second.images[10:])


def test_an_epoch_can_be_made_again(make_part: Callable[..., Part]) -> None:
    assert images(make_part, 0.5).of_epoch(4).fingerprint() == images(make_part, 0.5).of_epoch(4).fingerprint()


def test_the_number_of_images_is_the_same_in_every_epoch_and_known_before(make_part: Callable[..., Part]) -> None:
    fresh = images(make_part, non_digits=0.5)
    assert len(fresh) == 10 + 3 + 6 == len(fresh.of_epoch(0)) == len(fresh.of_epoch(7))
    assert fresh.of_epoch(0).labels.tolist().count(NO_DIGIT) == 6
