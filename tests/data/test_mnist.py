import gzip
import io
import shutil
import socket
import struct
from collections.abc import Callable
from http.client import IncompleteRead
from pathlib import Path
from typing import BinaryIO
from urllib.error import URLError
from urllib.request import Request

import pytest
import torch

from digitlab.data import PartName, download, mnist
from digitlab.data.mnist import FILES, load_mnist, mnist_is_here
from digitlab.errors import DataMissing


def state_of(folder: Path) -> dict[str, tuple[int, int]]:
    return {str(path.relative_to(folder)): (path.stat().st_size, path.stat().st_mtime_ns) for path in folder.rglob("*")}


def left_in(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob("*") if path.is_file() and path.suffix != ".lock"]


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

    def fail(request: Request, *args: object, **kwargs: object) -> None:
        asked.append(request.full_url)
        raise URLError("Name or service not known")

    monkeypatch.setattr(download.urllib.request, "urlopen", fail)
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
    assert left_in(tmp_path / "data") == []


class Network:
    """Answers `urlopen` with the files of a folder, except where a test replaces some; notes how it was asked."""

    def __init__(self, files: Path) -> None:
        self.files = files
        self.instead: dict[str, Callable[[], BinaryIO]] = {}
        self.urls: list[str] = []
        self.timeouts: list[float | None] = []
        self.default_timeouts: list[float | None] = []

    def urlopen(self, request: Request, timeout: float | None = None) -> BinaryIO:
        url = request.full_url
        self.urls.append(url)
        self.timeouts.append(timeout)
        self.default_timeouts.append(socket.getdefaulttimeout())
        name = url.rpartition("/")[2]
        return self.instead[name]() if name in self.instead else (self.files / name).open("rb")


@pytest.fixture
def network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Network:
    """A network that is up, and whose files all have a wrong checksum."""
    (tmp_path / "mirror").mkdir()
    for name in FILES:
        (tmp_path / "mirror" / f"{name}.gz").write_bytes(gzip.compress(b"something else"))
    network = Network(tmp_path / "mirror")
    monkeypatch.setattr(download.urllib.request, "urlopen", network.urlopen)
    return network


@pytest.fixture
def true_network(network: Network, data_folder: Path) -> Network:
    """A network that has MNIST's own files."""
    network.files = data_folder / "MNIST" / "raw"
    return network


class BreaksOff(io.BytesIO):
    """An answer that ends in an error after its first bytes."""

    def __init__(self, error: Exception) -> None:
        super().__init__(bytes(1000))
        self.error = error

    def read(self, size: int | None = -1) -> bytes:
        if chunk := super().read(size):
            return chunk
        raise self.error


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (URLError("connection reset"), "connection reset"),
        (TimeoutError("The read operation timed out"), "The read operation timed out"),
        (IncompleteRead(b"", 7), "7 more expected"),
    ],
)
def test_a_download_that_breaks_off_leaves_no_file_that_looks_whole(
    error: Exception, reason: str, true_network: Network, tmp_path: Path
) -> None:
    true_network.instead["train-labels-idx1-ubyte.gz"] = lambda: BreaksOff(error)
    with pytest.raises(DataMissing, match=reason) as caught:
        load_mnist(tmp_path / "data", PartName.TEST, 0.1)
    assert "\n" not in str(caught.value)
    whole = {"train-images-idx3-ubyte.gz"}
    assert {name for name in left_in(tmp_path / "data") if not name.endswith(".part")} == whole
    assert not mnist_is_here(tmp_path / "data")


def test_a_wrong_checksum_is_refused_in_one_line_and_nothing_is_left(network: Network, tmp_path: Path) -> None:
    with pytest.raises(DataMissing, match=r"could not be downloaded \(\S+\.gz came with a wrong checksum\)") as caught:
        load_mnist(tmp_path / "data", PartName.TEST, 0.1)
    assert "\n" not in str(caught.value)
    assert left_in(tmp_path / "data") == []


def test_a_download_fills_the_data_folder_with_whole_files(true_network: Network, tmp_path: Path) -> None:
    assert len(load_mnist(tmp_path / "data", PartName.TEST, 0.1)) == 10_000
    names = sorted(path.name for path in (tmp_path / "data" / "MNIST" / "raw").iterdir())
    assert names == sorted(f"{name}.gz" for name in FILES)
    assert mnist_is_here(tmp_path / "data")


def test_the_network_may_be_silent_for_a_limited_time_and_others_are_not_limited(
    true_network: Network, tmp_path: Path
) -> None:
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(777.0)
    try:
        load_mnist(tmp_path / "data", PartName.TEST, 0.1)
        assert {*true_network.default_timeouts, socket.getdefaulttimeout()} == {777.0}
    finally:
        socket.setdefaulttimeout(before)
    assert len(true_network.timeouts) == 4
    assert all(timeout is not None and 0 < timeout <= 60 for timeout in true_network.timeouts)


def test_a_mirror_that_fails_is_followed_by_the_next(true_network: Network, tmp_path: Path) -> None:
    def fail_once() -> BinaryIO:
        del true_network.instead["t10k-labels-idx1-ubyte.gz"]
        raise URLError("not found")

    true_network.instead["t10k-labels-idx1-ubyte.gz"] = fail_once
    load_mnist(tmp_path / "data", PartName.TEST, 0.1)
    asked = [url for url in true_network.urls if url.endswith("t10k-labels-idx1-ubyte.gz")]
    assert len(asked) == len(set(asked)) == 2


def test_the_progress_counts_the_bytes(true_network: Network, tmp_path: Path) -> None:
    words: list[tuple[str, int, int]] = []
    load_mnist(tmp_path / "data", PartName.TEST, 0.1, lambda *word: words.append(word))
    size = sum(path.stat().st_size for path in (tmp_path / "data" / "MNIST" / "raw").iterdir())
    done = [received for _, received, _ in words]
    assert {(what, total) for what, _, total in words} == {("downloading MNIST", size)}
    assert done == sorted(done)
    assert (len(done) > 20, done[-1]) == (True, size)


def test_what_another_process_has_fetched_meanwhile_is_not_fetched_again(
    own_copy: Path, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = iter([False, True])
    monkeypatch.setattr(mnist, "mnist_is_here", lambda _folder: next(seen))
    assert len(load_mnist(own_copy, PartName.TEST, 0.1)) == 10_000
    assert network.urls == []


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


@pytest.mark.parametrize("digits", [bytes([0, 1, 10]), bytes([0, 1]), b""])
def test_labels_that_do_not_fit_the_images_are_refused(digits: bytes, tmp_path: Path, no_network: list[str]) -> None:
    raw = tmp_path / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for half, count in (("train", 3), ("t10k", 3)):
        sizes = struct.pack(">3I", count, 28, 28)
        (raw / f"{half}-images-idx3-ubyte").write_bytes(bytes([0, 0, 8, 3]) + sizes + bytes(count * 784))
        (raw / f"{half}-labels-idx1-ubyte").write_bytes(bytes([0, 0, 8, 1]) + struct.pack(">I", len(digits)) + digits)
    with pytest.raises(DataMissing, match="t10k-labels-idx1-ubyte does not fit"):
        load_mnist(tmp_path, PartName.TEST, 0.1)


def test_three_of_four_files_are_not_mnist(own_copy: Path) -> None:
    (own_copy / "MNIST" / "raw" / "t10k-labels-idx1-ubyte.gz").unlink()
    assert not mnist_is_here(own_copy)
