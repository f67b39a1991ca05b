"""The Dockerfile as a list of instructions, and the folder that a build would see."""

import re
import shutil
from pathlib import Path

from tests.deploy.proxy import ROOT

DOCKERFILE = ROOT / "deploy" / "Dockerfile"
IGNORE = ROOT / ".dockerignore"


def instructions() -> list[tuple[str, str]]:
    """Every instruction of the Dockerfile with its arguments, in order."""
    lines = [line for line in DOCKERFILE.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    whole = re.sub(r"\\\n", "", "\n".join(lines))
    return [(name, rest) for name, _, rest in (line.strip().partition(" ") for line in whole.splitlines() if line)]


def arguments_of(name: str) -> list[str]:
    return [rest for found, rest in instructions() if found == name]


def let_in() -> list[str]:
    """What .dockerignore lets into the build; everything else stays out."""
    return [line[1:] for line in IGNORE.read_text(encoding="utf-8").splitlines() if line.startswith("!")]


def copy_context(folder: Path) -> Path:
    """Copy what a build would see into a folder."""
    for name in let_in():
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / name)
    return folder
