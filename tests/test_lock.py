"""The lock files: what a newcomer installs by `make app LOCKED=1`, and the list of it."""

import json
import re
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tools.sbom import locked_sbom, normal, pinned

ROOT = Path(__file__).parents[1]
LOCKS = ("requirements.lock", "requirements-cpu.lock")


def requirements() -> list[Requirement]:
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    return [Requirement(line) for line in lines if line and not line.startswith("#")]


def test_the_lock_holds_what_the_requirements_ask_for() -> None:
    lock = pinned((ROOT / LOCKS[0]).read_text())
    for wanted in requirements():
        assert wanted.specifier.contains(lock.get(normal(wanted.name), "0")), f"{wanted}: run make lock licences sbom"


def test_the_lock_for_cpus_is_the_same_without_torch_and_gpu_libraries() -> None:
    whole, cpu = (pinned((ROOT / name).read_text()) for name in LOCKS)
    assert cpu.items() <= whole.items()
    assert all(re.match("torch|triton|nvidia|cuda", name) for name in whole.keys() - cpu.keys())
    assert not any(re.match("torch|triton|nvidia|cuda", name) for name in cpu)


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_package_has_a_hash_and_no_address(name: str) -> None:
    text = (ROOT / name).read_text()
    assert "://" not in text and "file:" not in text
    entries = re.split(r"\n(?=[a-z])", text)
    assert all("--hash=sha256:" in entry for entry in entries)


def test_the_bill_of_materials_lists_the_lock_and_names_no_path() -> None:
    text = (ROOT / "docs" / "sbom.cdx.json").read_text()
    listed = {one["name"]: one["version"] for one in json.loads(text)["components"]}
    assert listed == pinned((ROOT / LOCKS[0]).read_text())
    assert "file:" not in text and str(ROOT) not in text


def test_the_licence_of_every_locked_package_is_listed() -> None:
    listed = {normal(name) for name in re.findall(r"^\| (\S+)", (ROOT / "docs" / "licences.md").read_text(), re.M)}
    assert pinned((ROOT / LOCKS[0]).read_text()).keys() <= listed


def test_a_bill_of_materials_of_other_versions_is_refused() -> None:
    installed = {"components": [{"name": "A_b", "version": "1", "bom-ref": "x"}], "dependencies": [], "metadata": {}}
    with pytest.raises(SystemExit, match="a-b 2 is locked, and 1 is installed"):
        locked_sbom(installed, {"a-b": "2"}, set())
