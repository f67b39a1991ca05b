from collections.abc import Callable
from pathlib import Path

import pytest

from digitlab.data import Progress, mnist, pen_download
from digitlab.errors import DataMissing


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Path]]:
    """What would be fetched, and to where; nothing is."""
    found: list[tuple[str, Path]] = []

    def instead(name: str) -> Callable[[Path, Progress], None]:
        return lambda folder, _progress: found.append((name, folder))

    monkeypatch.setattr(mnist, "download_mnist", instead("mnist"))
    monkeypatch.setattr(pen_download, "download_pen", instead("pen"))
    return found


@pytest.mark.parametrize("name", ["mnist", "pen"])
def test_a_data_set_is_fetched_into_the_data_folder(
    name: str, asked: list[tuple[str, Path]], call: Callable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIGITLAB_DATA", str(tmp_path))
    called = call("download", name)
    assert (called.code, called.out, called.err) == (0, f"{tmp_path}\n", "")
    assert call("download", name, "--json").json == {"data": name, "folder": str(tmp_path)}
    assert asked == [(name, tmp_path)] * 2


def test_another_data_set_is_refused_with_the_known_ones(asked: list[tuple[str, Path]], call: Callable) -> None:
    called = call("download", "letters")
    assert (called.code, asked) == (2, [])
    assert "'letters' is not one of 'mnist', 'pen'" in called.err


def test_what_fails_is_one_line(call: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_folder: Path, _progress: Progress) -> None:
        raise DataMissing("It could not be downloaded. Connect to the network.")

    monkeypatch.setattr(mnist, "download_mnist", fail)
    called = call("download", "mnist")
    assert (called.code, called.err.count("\n")) == (2, 1)
    assert "could not be downloaded" in called.err
