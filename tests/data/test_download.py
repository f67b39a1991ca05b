import hashlib
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError

import pytest

from digitlab.data.download import Remote, fetch, reason_of
from tests.data.serving import Site, serving

CONTENT = bytes(range(256)) * 3000


@pytest.fixture
def site() -> Iterator[Site]:
    with serving(Site({"/file": CONTENT})) as site:
        yield site


def remote(*urls: str, content: bytes = CONTENT) -> Remote:
    return Remote("file", urls, hashlib.md5(content, usedforsecurity=False).hexdigest())


def left_in(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_size for path in folder.iterdir()}


def test_a_file_comes_whole_and_its_progress_is_told(site: Site, tmp_path: Path) -> None:
    told: list[int] = []
    fetch(remote(f"{site.address}/file"), tmp_path / "file", told.append)
    assert (tmp_path / "file").read_bytes() == CONTENT
    assert told == sorted(told)
    assert (len(told) > 2, told[-1]) == (True, len(CONTENT))
    assert left_in(tmp_path) == {"file": len(CONTENT)}


def test_a_download_that_broke_off_goes_on_where_it_stopped(site: Site, tmp_path: Path) -> None:
    site.breaks_after = 500_000
    with pytest.raises(OSError, match="the connection broke off"):
        fetch(remote(f"{site.address}/file"), tmp_path / "file", lambda _: None)
    assert left_in(tmp_path) == {".file.part": 500_000}
    site.breaks_after = None
    fetch(remote(f"{site.address}/file"), tmp_path / "file", lambda _: None)
    assert site.asked == [("/file", ""), ("/file", "bytes=500000-")]
    assert (tmp_path / "file").read_bytes() == CONTENT


def test_where_no_part_is_given_it_begins_anew(site: Site, tmp_path: Path) -> None:
    (tmp_path / ".file.part").write_bytes(b"something else")
    site.gives_parts = False
    fetch(remote(f"{site.address}/file"), tmp_path / "file", lambda _: None)
    assert (tmp_path / "file").read_bytes() == CONTENT


def test_what_came_whole_before_it_was_put_in_place_is_not_fetched_again(site: Site, tmp_path: Path) -> None:
    (tmp_path / ".file.part").write_bytes(CONTENT)
    fetch(remote(f"{site.address}/file"), tmp_path / "file", lambda _: pytest.fail("it came again"))
    assert (tmp_path / "file").read_bytes() == CONTENT


@pytest.mark.parametrize("there", [b"", b"x" * 100, b"x" * (len(CONTENT) + 1)])
def test_a_wrong_checksum_is_refused_and_nothing_is_left(there: bytes, site: Site, tmp_path: Path) -> None:
    if there:
        (tmp_path / ".file.part").write_bytes(there)
    wrong = remote(f"{site.address}/file", content=b"another")
    with pytest.raises(OSError, match="file came with a wrong checksum"):
        fetch(wrong, tmp_path / "file", lambda _: None)
    assert left_in(tmp_path) == {}


def test_an_address_that_fails_is_followed_by_the_next(site: Site, tmp_path: Path) -> None:
    fetch(remote(f"{site.address}/none", f"{site.address}/file"), tmp_path / "file", lambda _: None)
    assert [path for path, _ in site.asked] == ["/none", "/file"]
    assert (tmp_path / "file").read_bytes() == CONTENT


def test_the_reason_is_the_last_addresss(site: Site, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="404"):
        fetch(remote(f"{site.address}/none"), tmp_path / "file", lambda _: None)


def test_what_went_wrong_is_said_in_its_last_line_without_brackets() -> None:
    assert reason_of(URLError("Name or service not known")) == "Name or service not known"
    assert reason_of(OSError("first\n  the reason.\n")) == "the reason"
    assert reason_of(TimeoutError()) == "TimeoutError"
