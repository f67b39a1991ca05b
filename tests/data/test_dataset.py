from pathlib import Path

import pytest

from digitlab.data import PartName
from digitlab.data.dataset import (
    DATASETS,
    data_title,
    find_datasets,
    is_here,
    load_data,
    load_part,
    missing_datasets,
)
from digitlab.data.handwriting import add_drawing
from digitlab.data.training_images import load_training
from digitlab.errors import DataMissing, UnknownName
from digitlab.ink.strokes import Drawing


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


def test_joined_data_sets_are_called_by_their_titles() -> None:
    assert data_title("mnist+pen") == "MNIST + Pen digits"
    assert data_title("letters") == "letters"
