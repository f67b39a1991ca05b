import hashlib
import io
import json
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from digitlab.data import pen_download
from digitlab.data.pen import pen_files, read_pen_digits
from digitlab.data.pen_download import download_pen
from digitlab.errors import DataMissing
from tests.data.serving import Site, serving

MEMBERS = {
    "train/data/1a/apa/a.dat": '.INCLUDE strokes.dat\n.SEGMENT DIGIT 0 OK "7"\n',
    "train/data/1b/apa/b.dat": '.INCLUDE strokes.dat\n.SEGMENT DIGIT 0 OK "3"\n',
    "train/include/strokes.dat": ".PEN_DOWN\n0 9\n5 9\n3 0\n.PEN_UP\n",
}


def tar_of(members: dict[str, str]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        for name, text in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(text)
            tar.addfile(entry, io.BytesIO(text.encode()))
    return packed.getvalue()


def zip_of(members: dict[str, str]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return packed.getvalue()


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    with serving(Site()) as site:
        monkeypatch.setattr(pen_download, "RECORD", f"{site.address}/record")
        publish(site, "train.tgz", tar_of(MEMBERS))
        yield site


def publish(site: Site, name: str, content: bytes, checksum: str = "") -> None:
    """Let the record list an archive, and serve it."""
    checksum = checksum or f"md5:{hashlib.md5(content, usedforsecurity=False).hexdigest()}"
    links = {"self": f"{site.address}/{name}"}
    listed = [{"key": "readme.txt"}, {"key": name, "size": len(content), "checksum": checksum, "links": links}]
    site.files = {"/record": json.dumps({"files": listed}).encode(), f"/{name}": content}


@pytest.mark.parametrize("kind", ["tgz", "zip"])
def test_the_published_archive_becomes_the_ink_file(kind: str, site: Site, tmp_path: Path) -> None:
    publish(site, f"train.{kind}", zip_of(MEMBERS) if kind == "zip" else tar_of(MEMBERS))
    words: list[tuple[str, int, int]] = []
    download_pen(tmp_path, lambda *word: words.append(word))
    (drawing,) = read_pen_digits(tmp_path).drawings
    assert (drawing.digit, drawing.writer, drawing.donor) == (7, "apa/a.dat", "apa")
    size = len(site.files[f"/train.{kind}"])
    assert words[-1] == ("downloading UNIPEN", size, size)
    assert [path.name for path in (tmp_path / "pen-digits").iterdir() if path.suffix != ".lock"] == [
        "pen-digits.jsonl.gz"
    ]


def test_what_is_there_is_left_as_it_is(site: Site, tmp_path: Path) -> None:
    download_pen(tmp_path)
    before = pen_files(tmp_path)[0].stat()
    site.asked.clear()
    download_pen(tmp_path)
    assert pen_files(tmp_path)[0].stat() == before
    assert site.asked == []


def test_a_download_that_broke_off_goes_on_the_next_time(site: Site, tmp_path: Path) -> None:
    archive = site.files["/train.tgz"]
    (tmp_path / "pen-digits").mkdir()
    (tmp_path / "pen-digits" / ".train.tgz.part").write_bytes(archive[:50])
    download_pen(tmp_path)
    assert ("/train.tgz", "bytes=50-") in site.asked
    assert len(read_pen_digits(tmp_path).drawings) == 1


@pytest.mark.parametrize(
    ("record", "said"),
    [
        (b"no json", "Expecting value"),
        (b"{}", "'files'"),
        (b'{"files": []}', "the record lists no archive"),
        (b'{"files": [{"key": "a.tgz"}]}', "'checksum'"),
        (b'{"files": [{"key": "a.tgz", "checksum": "sha1:00"}]}', "a checksum of the kind 'sha1'"),
    ],
)
def test_a_record_that_is_something_else_is_one_line(record: bytes, said: str, site: Site, tmp_path: Path) -> None:
    site.files["/record"] = record
    with pytest.raises(DataMissing, match="could not be downloaded") as caught:
        download_pen(tmp_path)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_archive_that_is_none_and_one_without_digits_are_one_line(site: Site, tmp_path: Path) -> None:
    publish(site, "train.tgz", b"no archive")
    with pytest.raises(DataMissing, match="could not be downloaded"):
        download_pen(tmp_path)
    publish(site, "train.tgz", tar_of({"train/data/1b/b.dat": ""}))
    with pytest.raises(DataMissing, match="holds no isolated digit"):
        download_pen(tmp_path)


def test_a_member_that_would_leave_the_folder_is_refused(site: Site, tmp_path: Path) -> None:
    publish(site, "train.tgz", tar_of({"../../1a/evil.dat": "x"}))
    with pytest.raises(DataMissing, match="could not be downloaded"):
        download_pen(tmp_path / "data")
    assert not list(tmp_path.rglob("evil.dat"))


def test_without_a_network_it_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(pen_download, "RECORD", "http://127.0.0.1:9/record")
    with pytest.raises(DataMissing, match="Connect to the network, or choose the data set mnist"):
        download_pen(tmp_path)
