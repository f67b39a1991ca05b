from pathlib import Path

import pytest

from digitlab.data import registry
from digitlab.data.ink_file import Drawing
from digitlab.data.mine import keep
from digitlab.data.parts import PartName
from digitlab.data.registry import NAMES, PICTURES, check_data_name, is_here, load_part, load_training
from digitlab.errors import DataMissing, UnknownName


def keep_some(folder: Path, count: int) -> None:
    for n in range(count):
        keep(folder, [[[60.0, 60.0], [200.0, 60.0 + n], [120.0, 230.0]]], 7, "", 18.0)


def test_names_are_split_at_plus_and_doubles_dropped() -> None:
    assert check_data_name("mnist+pen+mnist") == ["mnist", "pen"]


@pytest.mark.parametrize("name", ["", "other", "mnist+other", "mnist+", "../x", "MNIST", "pen digits"])
def test_an_unknown_data_set_is_refused_with_the_known_ones(name: str) -> None:
    with pytest.raises(UnknownName, match=r"There is no data set .* Choose mnist, pen, mine, sklearn"):
        check_data_name(name)


def test_the_error_for_an_unknown_data_set_stays_short() -> None:
    with pytest.raises(UnknownName) as caught:
        check_data_name("x" * 10**6)
    assert len(str(caught.value)) < 300


def test_joined_data_sets_follow_one_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = load_part("sklearn", PartName.VALIDATION, tmp_path, 0.1)
    monkeypatch.setitem(PICTURES, "twin", PICTURES["sklearn"])  # type: ignore[arg-type]
    monkeypatch.setattr(registry, "NAMES", (*NAMES, "twin"))
    both = load_part("sklearn+twin", PartName.VALIDATION, tmp_path, 0.1)
    assert both.labels.tolist() == one.labels.tolist() * 2


def test_scikit_learns_digits_are_always_here_and_the_others_not(tmp_path: Path) -> None:
    assert is_here("sklearn", tmp_path)
    assert not is_here("mnist", tmp_path)
    assert not is_here("sklearn+pen", tmp_path)
    assert not is_here("sklearn+mine", tmp_path)


def test_my_handwriting_is_here_when_it_can_be_tested_on(tmp_path: Path) -> None:
    keep_some(tmp_path, 1)
    assert not is_here("mine", tmp_path)
    keep_some(tmp_path, 1)
    assert is_here("mine+sklearn", tmp_path)


def test_my_handwriting_is_rendered_once_for_testing(tmp_path: Path) -> None:
    keep_some(tmp_path, 9)
    part = load_part("mine", PartName.TEST, tmp_path)
    assert part.labels.tolist() == [7, 7, 7]
    assert (part.images.amax((1, 2)) == 255).all()


@pytest.mark.parametrize(
    ("count", "renderings"), [(1, 64), (31, 64), (32, 62), (100, 20), (333, 6), (334, 6), (5000, 6)]
)
def test_few_drawings_of_my_own_are_rendered_more_often(
    count: int, renderings: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawings = [Drawing([[[0.0, 0.0], [9.0, 9.0]]], 1, "")] * count
    monkeypatch.setattr(registry, "INK", dict.fromkeys(("pen", "mine"), lambda *_: drawings))
    assert len(load_training("mine", tmp_path, 0.1, fresh=True)) == count * renderings
    assert len(load_training("pen", tmp_path, 0.1, fresh=True)) == count * 6


def test_training_on_my_handwriting_without_any_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(DataMissing, match="Draw and label some more"):
        load_training("sklearn+mine", tmp_path, 0.1)


def test_loading_scikit_learns_digits_touches_no_disk(tmp_path: Path) -> None:
    load_part("sklearn", PartName.TEST, tmp_path / "nowhere")
    assert not (tmp_path / "nowhere").exists()
