from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from digitlab.data import PartName
from digitlab.data.dataset import (
    DATASETS,
    FreshImages,
    InkSet,
    data_title,
    find_datasets,
    is_here,
    load_data,
    load_part,
    load_training,
    missing_datasets,
)
from digitlab.data.handwriting import add_drawing
from digitlab.data.parts import NO_DIGIT, Part
from digitlab.errors import DataMissing, UnknownName
from digitlab.ink.strokes import Drawing, LabelledDrawing


def add_some(folder: Path, count: int) -> None:
    for n in range(count):
        add_drawing(folder, Drawing(ink=[[[60.0, 60.0], [200.0, 60.0 + n], [120.0, 230.0]]]), 7, "")


def test_names_are_split_at_plus_and_doubles_dropped() -> None:
    assert find_datasets("mnist+pen+mnist") == [DATASETS["mnist"], DATASETS["pen"]]


@pytest.mark.parametrize("name", ["", "other", "mnist+other", "mnist+", "../x", "MNIST", "pen digits"])
def test_an_unknown_data_set_is_refused_with_the_known_ones(name: str) -> None:
    with pytest.raises(UnknownName, match=r"There is no data set .* Choose mnist, pen, mine, sklearn"):
        find_datasets(name)


def test_the_error_for_an_unknown_data_set_stays_short() -> None:
    with pytest.raises(UnknownName) as caught:
        find_datasets("x" * 10**6)
    assert len(str(caught.value)) < 300


def test_joined_data_sets_follow_one_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = load_part("sklearn", PartName.VALIDATION, tmp_path, 0.1)
    monkeypatch.setitem(DATASETS, "twin", DATASETS["sklearn"])
    both = load_part("sklearn+twin", PartName.VALIDATION, tmp_path, 0.1)
    assert both.labels.tolist() == one.labels.tolist() * 2


def test_scikit_learns_digits_are_always_here_and_the_others_not(tmp_path: Path) -> None:
    assert is_here("sklearn", tmp_path)
    assert not is_here("mnist", tmp_path)
    assert not is_here("sklearn+pen", tmp_path)
    assert not is_here("sklearn+mine", tmp_path)


def test_my_handwriting_is_here_when_it_can_be_tested_on(tmp_path: Path) -> None:
    add_some(tmp_path, 1)
    assert not is_here("mine", tmp_path)
    add_some(tmp_path, 1)
    assert is_here("mine+sklearn", tmp_path)


def test_my_handwriting_is_rendered_once_for_testing(tmp_path: Path) -> None:
    add_some(tmp_path, 9)
    part = load_part("mine", PartName.TEST, tmp_path)
    assert part.labels.tolist() == [7, 7, 7]
    assert (part.images.amax((1, 2)) == 255).all()


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


@pytest.mark.parametrize(("digits", "enough"), [("", 0), ("7", 0), ("77", 0), ("71", 0), ("0123456789", 0), ("777", 1)])
def test_my_handwriting_says_what_it_lacks_until_it_can_be_trained_on(tmp_path: Path, digits: str, enough: int) -> None:
    for n, digit in enumerate(digits):
        add_drawing(tmp_path, Drawing(ink=[[[60.0, 60.0], [200.0, 60.0 + n], [120.0, 230.0]]]), int(digit), "")
    lack = DATASETS["mine"].lacks(tmp_path)
    if enough:
        assert lack == ""
        assert len(load_training("mine", tmp_path, 0.1)) > 0
        return
    assert "three drawings of one digit are enough" in lack
    assert ("there is no drawing yet" in lack) == (not digits)
    if len(digits) == 1:
        assert "there is 1 drawing, none for testing" in lack
    with pytest.raises(DataMissing):
        for part in PartName:
            load_part("mine", part, tmp_path)


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


def test_loading_scikit_learns_digits_touches_no_disk(tmp_path: Path) -> None:
    load_part("sklearn", PartName.TEST, tmp_path / "nowhere")
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize("name", DATASETS)
def test_all_is_known_of_every_data_set(name: str) -> None:
    one = DATASETS[name]
    assert one.name == name
    assert one.title and one.test_title and one.source.endswith(".")
    assert one.remedy.endswith(".")
    assert (one.load is None) != (one.drawings is None), "images or drawings, and not both"


def test_only_mnist_is_fetched_and_only_my_handwriting_changes() -> None:
    assert [one.name for one in DATASETS.values() if one.can_download] == ["mnist"]
    assert [one.name for one in DATASETS.values() if not one.is_fixed] == ["mine"]
    assert list(DATASETS) == ["mnist", "pen", "mine", "sklearn"]


def test_what_is_missing_comes_with_its_remedy(tmp_path: Path) -> None:
    assert missing_datasets("sklearn+pen+mine", tmp_path) == [DATASETS["pen"], DATASETS["mine"]]
    assert missing_datasets("sklearn", tmp_path) == []


@pytest.mark.parametrize("name", ["sklearn", "mnist"])
def test_part_and_folder_may_be_strings(name: str, data_folder: Path) -> None:
    part = load_part(name, "test", str(data_folder))
    assert part.fingerprint() == load_part(name, PartName.TEST, data_folder).fingerprint()
    assert len(part) == {"sklearn": 359, "mnist": 10_000}[name]


@pytest.mark.parametrize("part", ["Test", "all", "", "x" * 10**6, None])
def test_an_unknown_part_is_refused_with_the_three(part: str, tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match=r"There is no part .* Choose train, validation, test\.") as caught:
        load_part("sklearn", part, tmp_path)
    assert len(str(caught.value)) < 150


def test_without_a_folder_data_comes_from_the_installations_own(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    add_some(tmp_path / "there", 3)
    monkeypatch.setenv("DIGITLAB_DATA", str(tmp_path / "there"))
    assert load_data("mine", "test").labels.tolist() == [7]
    assert load_data("mine", "test", str(tmp_path / "there")).labels.tolist() == [7]
    with pytest.raises(DataMissing):
        load_data("mine", "test", tmp_path / "elsewhere")


def test_rendering_many_drawings_is_reported_as_it_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drawings = [LabelledDrawing(ink=[[[0.0, 0.0], [9.0, 9.0]]], digit=1)] * 100
    monkeypatch.setitem(DATASETS, "pen", replace(DATASETS["pen"], drawings=lambda *_: drawings))
    words: list[tuple[str, int, int]] = []
    load_training("pen", tmp_path, 0.1, progress=lambda *word: words.append(word))
    assert words[-1] == ("rendering drawings", 600, 600)
    assert len(words) > 1


SEVEN = LabelledDrawing(ink=[[[0, 0], [40, 0], [20, 60]]], digit=7, writer="anna")


def images(make_part: Callable[..., Part], non_digits: float = 0.0) -> FreshImages:
    return FreshImages([make_part(10)], [InkSet([SEVEN], 3)], non_digits)


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


def test_joined_data_sets_are_called_by_their_titles() -> None:
    assert data_title("mnist+pen") == "MNIST + Pen digits"
    assert data_title("letters") == "letters"
