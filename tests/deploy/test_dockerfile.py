"""The image without building it: linted, its commands run, the app started from its files."""

import json
import os
import re
import shutil
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.browser.served import free_port, wait_for
from tests.deploy.image import DOCKERFILE, IGNORE, arguments_of, copy_context, instructions, let_in
from tests.deploy.proxy import ROOT


def test_hadolint_has_nothing_to_say_against_it() -> None:
    linter = shutil.which("hadolint", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    if linter is None:
        missing = "no hadolint: pip install -r requirements-dev.txt"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    done = subprocess.run(
        [linter, "--failure-threshold", "warning", str(DOCKERFILE)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


def test_it_runs_as_somebody_without_rights() -> None:
    stages = "\n".join(f"{name} {rest}" for name, rest in instructions()).split("FROM ")
    users = re.findall(r"^USER (.+)$", stages[-1], re.MULTILINE)
    assert users
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", users[-1])
    assert f"--uid {users[-1].split(':')[0]} " in stages[-1]


def test_every_base_is_named_with_its_version() -> None:
    (python,) = [one for one in arguments_of("ARG") if one.startswith("PYTHON=")]
    assert python == "PYTHON=3.11", "the version that the lock files and mypy are made for"
    for base in arguments_of("FROM"):
        assert re.match(r"python:\$\{PYTHON\}-\S+", base)
        assert "latest" not in base


def test_nothing_in_it_is_a_secret_or_the_address_of_a_registry() -> None:
    text = DOCKERFILE.read_text(encoding="utf-8")
    assert not re.search(r"CODE|SECRET|PASSWORD|TOKEN", text)
    assert set(re.findall(r"\w+://[^/'\" ]+", text)) == {"http://127.0.0.1:8501"}


def test_what_it_copies_is_there_and_the_build_sees_no_more_than_the_app_needs() -> None:
    for copied in arguments_of("COPY"):
        for source in copied.split()[:-1]:
            assert source.startswith("--from=") or source == "/digitlab" or (ROOT / source).exists()
    assert IGNORE.read_text(encoding="utf-8").splitlines()[1] == "*"
    assert all((ROOT / name).exists() for name in let_in())
    assert {".streamlit", "app.py", "pages", "digitlab", "checkpoints"} < set(let_in())
    assert not {".git", ".env", "data", "runs", "tests", ".venv"} & set(let_in())


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"TORCH_INDEX": "https://index.example/cpu"}, ["requirements-cpu.lock", "https://index.example/cpu"]),
        ({"TORCH": "gpu"}, ["requirements.lock"]),
        ({}, []),
    ],
)
def test_it_installs_the_locked_files_and_torch_from_the_index_that_is_named(
    tmp_path: Path, given: dict[str, str], expected: list[str]
) -> None:
    (install,) = [run for run in arguments_of("RUN") if "TORCH_INDEX" in run]
    for name in ("requirements.lock", "requirements-cpu.lock"):
        shutil.copy(ROOT / name, tmp_path)
    pip = tmp_path / "pip"  # stands for the real one, and says how it was called
    pip.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/calls\n')
    pip.chmod(0o755)
    surroundings = {"PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}", "TORCH": "cpu", "TORCH_INDEX": "", **given}
    done = subprocess.run(
        ["/bin/bash", "-euo", "pipefail", "-c", install],
        cwd=tmp_path,
        env=surroundings,
        capture_output=True,
        text=True,
        check=False,
    )
    calls = (tmp_path / "calls").read_text().splitlines() if (tmp_path / "calls").exists() else []
    assert len(calls) == len(expected)
    assert all("--no-deps" in call and part in call for call, part in zip(calls, expected, strict=True))
    if not expected:
        assert done.returncode == 1
        assert "TORCH_INDEX=ADDRESS" in done.stderr
    else:
        assert done.returncode == 0
        assert "--require-hashes" in calls[0]
    if len(expected) == 2:
        pins = (tmp_path / "torch.txt").read_text().split()
        assert [pin.split("==")[0] for pin in pins] == ["torch", "torchvision"]


@pytest.mark.long
def test_the_app_starts_from_what_the_image_holds_and_its_health_check_sees_it(tmp_path: Path) -> None:
    tree = copy_context(tmp_path)
    start, *_ = [json.loads(rest) for name, rest in instructions() if name == "CMD"]
    assert start == ["streamlit", "run", "app.py", "--server.address", "0.0.0.0"]
    (check,) = arguments_of("HEALTHCHECK")
    _, _, code = json.loads(check.partition("CMD ")[2])
    port = free_port()
    surroundings = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    surroundings |= {"DIGITLAB_RUNS": str(tmp_path / "runs"), "DIGITLAB_DATA": str(tmp_path / "data")}
    command = [sys.executable, "-m", *start[:3], "--server.address", "127.0.0.1", "--server.port", str(port)]

    def is_healthy() -> bool:
        asked = [sys.executable, "-c", code.replace(":8501", f":{port}")]
        return subprocess.run(asked, capture_output=True, check=False).returncode == 0

    assert not is_healthy()
    log = tmp_path / "server.log"
    with log.open("w") as file:
        process = subprocess.Popen(command, cwd=tree, env=surroundings, stdout=file, stderr=subprocess.STDOUT)
    try:
        wait_for(f"http://127.0.0.1:{port}/api/health", process, log)
        assert is_healthy()
        strokes = json.dumps({"strokes": [[[60, 60], [200, 60], [120, 230]]]}).encode()
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/read", strokes, timeout=120) as answer:
            assert json.load(answer)["models"]["cnn"]["digit"] == 7
    finally:
        process.terminate()
        process.wait(30)
