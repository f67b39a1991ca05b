import gzip
import shutil
import urllib.request
from pathlib import Path
from urllib.error import URLError

import pytest
import torch
from torchvision.datasets import mnist as torchvision_mnist

from digitlab.data.mnist import FILES, load_mnist, mnist_is_here
from digitlab.data.parts import PartName
from digitlab.errors import DataMissing


def state_of(folder: Path) -> dict[str, tuple[int, int]]:
    return {str(path.relative_to(folder)): (path.stat().st_size, path.stat().st_mtime_ns) for path in folder.rglob("*")}


@pytest.fixture
def own_copy(data_folder: Path, tmp_path: Path) -> Path:
    """The four gzip files in a folder that a test may damage."""
    raw = tmp_path / "copy" / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for name in FILES:
        shutil.copyfile(data_folder / "MNIST" / "raw" / f"{name}.gz", raw / f"{name}.gz")
    return tmp_path / "copy"


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Downloads fail as without a network; gives the list of files that were asked for."""
    asked: list[str] = []

    def fail(request: urllib.request.Request, *args: object, **kwargs: object) -> None:
        asked.append(request.full_url)
        raise URLError("Name or service not known")

    monkeypatch.setattr(urllib.request, "urlopen", fail)
    return asked


def test_the_parts_have_their_known_sizes_and_digits(data_folder: Path) -> None:
    parts = {name: load_mnist(data_folder, name, 0.1) for name in PartName}
    assert [len(part) for part in parts.values()] == [54_000, 6_000, 10_000]
    assert parts[PartName.TEST].labels[:10].tolist() == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]
    assert parts[PartName.TEST].labels.bincount().tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    assert parts[PartName.TRAIN].images.dtype == torch.uint8


def test_train_and_validation_are_disjoint_and_complete_and_stable(data_folder: Path) -> None:
    train, validation = (load_mnist(data_folder, name, 0.05) for name in (PartName.TRAIN, PartName.VALIDATION))
    assert (len(train), len(validation)) == (57_000, 3_000)
    assert torch.cat([train.labels, validation.labels]).bincount()[:2].tolist() == [5923, 6742]
    seen = {image.numpy().tobytes() for image in train.images}
    assert not any(image.numpy().tobytes() in seen for image in validation.images)
    assert validation.fingerprint() == load_mnist(data_folder, PartName.VALIDATION, 0.05).fingerprint()


def test_loading_leaves_the_data_folder_untouched(data_folder: Path) -> None:
    before = state_of(data_folder)
    load_mnist(data_folder, PartName.TRAIN, 0.1)
    load_mnist(data_folder, PartName.TEST, 0.1)
    assert state_of(data_folder) == before


def test_the_four_files_need_no_network(own_copy: Path, no_network: list[str]) -> None:
    assert mnist_is_here(own_copy)
    assert len(load_mnist(own_copy, PartName.TEST, 0.1)) == 10_000
    assert not no_network


def test_a_relative_data_folder_works(own_copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(own_copy.parent)
    assert len(load_mnist(Path(own_copy.name), PartName.TEST, 0.1)) == 10_000


def test_unpacked_files_are_enough(own_copy: Path, no_network: list[str]) -> None:
    for file in (own_copy / "MNIST" / "raw").glob("*.gz"):
        file.with_suffix("").write_bytes(gzip.decompress(file.read_bytes()))
        file.unlink()
    assert mnist_is_here(own_copy)
    assert len(load_mnist(own_copy, PartName.TEST, 0.1)) == 10_000


def test_without_files_and_network_the_error_says_what_to_do(tmp_path: Path, no_network: list[str]) -> None:
    with pytest.raises(DataMissing) as caught:
        load_mnist(tmp_path / "data", PartName.TRAIN, 0.1)
    message = str(caught.value)
    assert no_network
    assert "Name or service not known" in message
    assert "the data set sklearn, which needs neither" in message
    assert "\n" not in message


def test_a_failed_download_leaves_no_file_behind(tmp_path: Path, no_network: list[str]) -> None:
    with pytest.raises(DataMissing):
        load_mnist(tmp_path / "data", PartName.TRAIN, 0.1)
    assert not mnist_is_here(tmp_path / "data")
    left = [path.name for path in (tmp_path / "data").rglob("*") if path.is_file() and path.suffix != ".lock"]
    assert left == []


def test_a_download_that_breaks_off_leaves_no_file_behind(
    own_copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def first_then_fail(url: str, download_root: str, filename: str, md5: str) -> None:
        if "labels" in filename:
            raise URLError("connection reset")
        shutil.copyfile(own_copy / "MNIST" / "raw" / filename, Path(download_root) / filename)

    monkeypatch.setattr(torchvision_mnist, "download_and_extract_archive", first_then_fail)
    with pytest.raises(DataMissing, match="connection reset"):
        load_mnist(tmp_path / "data", PartName.TEST, 0.1)
    assert not list((tmp_path / "data").rglob("*.gz"))


def test_a_download_fills_the_data_folder_with_whole_files(
    own_copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fetch(url: str, download_root: str, filename: str, md5: str) -> None:
        packed = (own_copy / "MNIST" / "raw" / filename).read_bytes()
        (Path(download_root) / filename).write_bytes(packed)
        (Path(download_root) / filename).with_suffix("").write_bytes(gzip.decompress(packed))

    with monkeypatch.context() as patch:
        patch.setattr(torchvision_mnist, "download_and_extract_archive", fetch)
        assert len(load_mnist(tmp_path / "data", PartName.TEST, 0.1)) == 10_000
    names = sorted(path.name for path in (tmp_path / "data" / "MNIST" / "raw").iterdir())
    assert names == sorted(f"{name}.gz" for name in FILES)
    assert mnist_is_here(tmp_path / "data")


@pytest.mark.parametrize("damage", ["cut", "zeroed", "empty", "flipped"])
def test_a_damaged_gzip_file_is_refused_and_not_replaced(damage: str, own_copy: Path, no_network: list[str]) -> None:
    file = own_copy / "MNIST" / "raw" / "t10k-images-idx3-ubyte.gz"
    good = file.read_bytes()
    half = len(good) // 2
    file.write_bytes(
        {
            "cut": good[:half],
            "zeroed": good[:half] + bytes(len(good) - half),
            "empty": b"",
            "flipped": good[:half] + bytes([good[half] ^ 1]) + good[half + 1 :],
        }[damage]
    )
    before = state_of(own_copy)
    with pytest.raises(DataMissing, match=r"are damaged .*t10k-images-idx3-ubyte.gz.* Delete them and try again"):
        load_mnist(own_copy, PartName.TEST, 0.1)
    assert state_of(own_copy) == before
    assert not no_network


@pytest.mark.parametrize("content", [b"", b"text", bytes(16), b"\x00\x00\x08\x03" + bytes(12)])
def test_a_damaged_unpacked_file_is_refused_and_not_replaced(
    content: bytes, own_copy: Path, no_network: list[str]
) -> None:
    (own_copy / "MNIST" / "raw" / "t10k-images-idx3-ubyte").write_bytes(content)
    before = state_of(own_copy)
    with pytest.raises(DataMissing, match="are damaged"):
        load_mnist(own_copy, PartName.TEST, 0.1)
    assert state_of(own_copy) == before


def test_three_of_four_files_are_not_mnist(own_copy: Path) -> None:
    (own_copy / "MNIST" / "raw" / "t10k-labels-idx1-ubyte.gz").unlink()
    assert not mnist_is_here(own_copy)
