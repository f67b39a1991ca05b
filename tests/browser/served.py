"""A Streamlit server of our own on a free port, as a user starts it."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
PATIENCE = 120.0
"""Seconds until a server must answer; a loaded machine takes long."""


@contextmanager
def served(
    script: Path, folder: Path, health: str = "/_stcore/health", port: int | None = None, **variables: str
) -> Iterator[str]:
    """Start `streamlit run script` with runs and data under `folder`, give its address, and end it afterwards.

    variables: of the environment. The process's number lies in the folder's file `server.pid`.
    """
    port = port or free_port()
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.port", str(port)]
    surroundings = {**os.environ, "DIGITLAB_RUNS": str(folder / "runs"), "DIGITLAB_DATA": str(folder / "data")}
    surroundings |= variables
    with (folder / "server.log").open("w") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=surroundings, stdout=log, stderr=subprocess.STDOUT)
        (folder / "server.pid").write_text(str(process.pid))
        try:
            wait_for(address + health, process, folder / "server.log")
            yield address
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


WHOLE = ("chromium", "chromium-browser", "google-chrome")
"""Browsers as people have them: what is measured is measured in one of these."""

QUICK = ("chromium-headless-shell", *WHOLE)
"""First the one without a window's frame and tools, in which pages cost a third less of the processor."""


def chromium(names: Sequence[str] = QUICK) -> str | None:
    """The system's Chromium, if there is one: the first of these names."""
    return next((path for name in names if (path := shutil.which(name))), None)


CHROMIUM_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for(address: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    """Wait until a server answers; raises RuntimeError with its log when it does not in time."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            time.sleep(0.1)
    raise RuntimeError(f"The server did not answer. Its log:\n{log.read_text()}")
