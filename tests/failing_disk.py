"""A disk that fails at the n-th thing that is written to it, in this process, below one folder.

What counts: a file or folder made, data written, flushed, renamed. Deleting always works, as on a full disk.
"""

import builtins
import errno
import io
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

FULL, READ_ONLY, FORBIDDEN = errno.ENOSPC, errno.EROFS, errno.EACCES


class FailingDisk:
    """Use `arm`, do something, look at `struck`, and `mend`."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = os.path.realpath(folder)
        self._left, self._stays, self._code, self.struck = 0, False, FULL, False
        for module, name, paths in (
            (os, "mkdir", 1),
            (os, "rename", 2),
            (os, "replace", 2),
            (os, "utime", 1),
        ):
            monkeypatch.setattr(module, name, self._counted(getattr(module, name), paths))
        monkeypatch.setattr(os, "fsync", self._counted(os.fsync, 0))
        monkeypatch.setattr(os, "open", self._os_open(os.open))
        monkeypatch.setattr(os, "fdopen", self._opener(os.fdopen))
        opened = self._opener(io.open)
        monkeypatch.setattr(io, "open", opened)
        monkeypatch.setattr(builtins, "open", opened)
        for shortcut in ("_USE_CP_SENDFILE", "_USE_CP_COPY_FILE_RANGE", "_HAS_FCOPYFILE"):
            monkeypatch.setattr(shutil, shortcut, False, raising=False)

    def arm(self, at: int, *, stays: bool, code: int = FULL) -> None:
        """Fail at the `at`-th write from now on, with an error number; stays: at all that come after it, too."""
        self._left, self._stays, self._code, self.struck = at, stays, code, False

    def mend(self) -> None:
        """Let everything work again."""
        self._left = 0

    def fails(self) -> bool:
        """Count one write; whether it fails."""
        if self._left > 1:
            self._left -= 1
            return False
        if self._left == 1:
            self.struck = True
            self._left = 1 if self._stays else 0
            return True
        return False

    def error(self, path: object = None) -> OSError:
        return OSError(self._code, os.strerror(self._code), path)

    def _is_ours(self, path: object) -> bool:
        return isinstance(path, str | os.PathLike) and os.path.realpath(path).startswith(self.folder)

    def _counted(self, real: Callable[..., Any], paths: int) -> Callable[..., Any]:
        def call(*args: Any, **options: Any) -> Any:
            if (not paths or self._is_ours(args[paths - 1])) and self.fails():
                raise self.error(args[0] if paths else None)
            return real(*args, **options)

        return call

    def _os_open(self, real: Callable[..., int]) -> Callable[..., int]:
        def call(path: Any, flags: int, *args: Any, **options: Any) -> int:
            makes = flags & os.O_CREAT and not Path(path).exists()
            if makes and self._is_ours(path) and self.fails():
                raise self.error(path)
            return real(path, flags, *args, **options)

        return call

    def _opener(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(file: Any, mode: str = "r", *args: Any, **options: Any) -> Any:
            writes = set(mode) & set("wax+") and (isinstance(file, int) or self._is_ours(file))
            if writes and not isinstance(file, int) and not Path(file).exists() and self.fails():
                raise self.error(file)
            opened = real(file, mode, *args, **options)
            return _Written(opened, self) if writes else opened

        return call


class _Written:
    """An open file whose writing may fail, as on a disk that gets full: half of it is there then."""

    def __init__(self, file: Any, disk: FailingDisk) -> None:
        self._file, self._disk = file, disk

    def write(self, data: Any) -> int:
        if self._disk.fails():
            self._file.write(data[: len(data) // 2])
            self._file.flush()
            raise self._disk.error()
        return int(self._file.write(data))

    def __enter__(self) -> "_Written":
        return self

    def __exit__(self, *_error: object) -> None:
        self._file.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)
