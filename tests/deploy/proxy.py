"""nginx from the very `deploy/nginx.conf`, with two addresses, port and folder of its own."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CONFIG = ROOT / "deploy" / "nginx.conf"
REPLICAS = ("172.30.117.11:8501", "172.30.117.12:8501")
"""What the file calls the two replicas."""

_LISTEN = "listen 8080;"
_PATIENCE = 30.0


def nginx() -> str:
    """The system's nginx. Without one the test is skipped; under CI=true it fails."""
    found = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
    if found is None:
        missing = "no nginx on the PATH: apt-get install nginx"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    return found


def command(folder: Path, replicas: Sequence[str] = REPLICAS, port: int = 8080) -> list[str]:
    """Write the config into a folder, and give the command that starts nginx with it.

    replicas: addresses that stand for those of the file; the port and the folder for temporary files differ, too.
    """
    text = CONFIG.read_text(encoding="utf-8")
    changes = [*zip(REPLICAS, replicas, strict=True), (_LISTEN, f"listen 127.0.0.1:{port};"), ("/tmp/", f"{folder}/")]
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path = folder / "nginx.conf"
    path.write_text(text, encoding="utf-8")
    as_user = " user root;" if os.geteuid() == 0 else ""  # a worker of another user could not enter a test's folder
    return [nginx(), "-e", "stderr", "-c", str(path), "-g", f"daemon off;{as_user}"]


@contextmanager
def proxied(folder: Path, replicas: Sequence[str], port: int) -> Iterator[Path]:
    """Start nginx in front of two replicas, give the file of its log, and end it afterwards."""
    log = folder / "nginx.log"
    with log.open("w") as file:
        process = subprocess.Popen(command(folder, replicas, port), stdout=file, stderr=subprocess.STDOUT)
        try:
            _wait_for(port, process, log)
            yield log
        finally:
            process.terminate()
            process.wait(_PATIENCE)


def _wait_for(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
            return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"nginx did not start. Its log:\n{log.read_text()}")
