"""Files from the network: with progress, gone on with where they broke off, and kept only with the right checksum."""

import hashlib
import http.client
import os
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from urllib.error import HTTPError, URLError

PATIENCE = 30.0
"""Seconds that the network may be silent."""

_CHUNK = 256 * 1024
"""Bytes that are fetched at once."""


@dataclass(frozen=True)
class Remote:
    """A file somewhere. urls: where it can be had, the first choice first. md5: its checksum, in hex digits."""

    name: str
    urls: Sequence[str]
    md5: str


def fetch(remote: Remote, target: Path, tell: Callable[[int], None]) -> None:
    """Bring a file to `target`, whole or not at all. tell: is told how many of its bytes are there.

    What has come is kept beside the target, and the next attempt goes on from there.
    Raises OSError, whose text is the reason, when no address has the file or its checksum is wrong.
    """
    part = target.with_name(f".{target.name}.part")
    trouble = OSError(f"no address for {remote.name}")
    for url in remote.urls:
        try:
            _receive(url, part, tell)
        except (OSError, http.client.HTTPException) as error:  # URLError and a time-out are of the first kind
            trouble = OSError(reason_of(error))
            continue
        if _md5(part) == remote.md5:
            os.replace(part, target)
            return
        part.unlink()
        trouble = OSError(f"{remote.name} came with a wrong checksum")
    raise trouble


def _receive(url: str, part: Path, tell: Callable[[int], None]) -> None:
    """The rest of a file, added to what is there; from the start where the server gives no rest."""
    done = part.stat().st_size if part.exists() else 0
    request = urllib.request.Request(url, headers={"Range": f"bytes={done}-"} if done else {})  # noqa: S310  ours
    try:
        answer = urllib.request.urlopen(request, timeout=PATIENCE)  # noqa: S310
    except HTTPError as error:
        if error.code == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:  # all of it is there, or more: the sum will tell
            return
        raise
    with answer:
        goes_on = done and getattr(answer, "status", None) == HTTPStatus.PARTIAL_CONTENT
        with part.open("ab" if goes_on else "wb") as file:
            while chunk := answer.read(_CHUNK):
                file.write(chunk)
                tell(file.tell())
        if getattr(answer, "length", None):  # what http.client still waits for, without a word when it never comes
            raise OSError("the connection broke off")


def _md5(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()


def reason_of(error: BaseException) -> str:
    """What went wrong, as the end of a sentence: the last line that the error says."""
    said = error.reason if type(error) is URLError else error  # which puts it between angle brackets
    lines = [line.strip() for line in str(said).splitlines() if line.strip()]
    return lines[-1].rstrip(".") if lines else type(error).__name__
