from pathlib import Path

import pytest

from digitlab.data.parts import PartName
from digitlab.data.registry import LOADERS, check_data_name, is_here, load_part
from digitlab.errors import UnknownName


def test_names_are_split_at_plus_and_doubles_dropped() -> None:
    assert check_data_name("mnist+pen+mnist") == ["mnist", "pen"]


@pytest.mark.parametrize("name", ["", "other", "mnist+other", "mnist+", "../x", "MNIST", "pen digits"])
def test_an_unknown_data_set_is_refused_with_the_known_ones(name: str) -> None:
    with pytest.raises(UnknownName, match=r"There is no data set .* Choose mnist, pen, sklearn"):
        check_data_name(name)


def test_the_error_for_an_unknown_data_set_stays_short() -> None:
    with pytest.raises(UnknownName) as caught:
        check_data_name("x" * 10**6)
    assert len(str(caught.value)) < 300


def test_joined_data_sets_follow_one_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = load_part("sklearn", PartName.VALIDATION, tmp_path, 0.1)
    monkeypatch.setitem(LOADERS, "twin", LOADERS["sklearn"])  # type: ignore[arg-type]
    both = load_part("sklearn+twin", PartName.VALIDATION, tmp_path, 0.1)
    assert both.labels.tolist() == one.labels.tolist() * 2


def test_scikit_learns_digits_are_always_here_and_the_others_not(tmp_path: Path) -> None:
    assert is_here("sklearn", tmp_path)
    assert not is_here("mnist", tmp_path)
    assert not is_here("sklearn+pen", tmp_path)


def test_loading_scikit_learns_digits_touches_no_disk(tmp_path: Path) -> None:
    load_part("sklearn", PartName.TEST, tmp_path / "nowhere")
    assert not (tmp_path / "nowhere").exists()
