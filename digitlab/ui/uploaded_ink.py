"""An ink file that was uploaded."""

import tempfile
from pathlib import Path

from digitlab.data.ink_file import InkLine, read_ink_lines
from digitlab.errors import BadInk


def read_uploaded(content: bytes, name: str) -> list[InkLine]:
    """The lines of an uploaded ink file, plain or gzip. name: what errors call it. Raises BadInk."""
    with tempfile.TemporaryDirectory(prefix="digitlab-ink-") as folder:
        path = Path(folder) / "drawings"
        path.write_bytes(content)
        try:
            return read_ink_lines(path)
        except BadInk as error:
            raise BadInk(str(error).replace(str(path), name[:80])) from error
