from pathlib import Path

import pytest

from digitlab.errors import BadConfig
from digitlab.settings import CHECKPOINTS, Settings


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIGITLAB_DATA", "/somewhere/data")
    monkeypatch.setenv("DIGITLAB_RUNS", "~/runs")
    monkeypatch.setenv("DIGITLAB_JOBS", "3")
    assert Settings.from_environment() == Settings(Path("/somewhere/data"), Path.home() / "runs", 3)


def test_settings_have_defaults_even_where_variables_are_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATA", "RUNS", "JOBS"):
        monkeypatch.setenv(f"DIGITLAB_{name}", "")
    settings = Settings.from_environment()
    assert (settings.data, settings.runs) == (Path("data"), Path("runs"))
    assert 1 <= settings.jobs <= 64


@pytest.mark.parametrize("jobs", ["0", "65", "-1", "1.5", "many", "²", " 1", "9" * 5000])
def test_a_bad_number_of_jobs_is_refused(jobs: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIGITLAB_JOBS", jobs)
    with pytest.raises(BadConfig, match=r"DIGITLAB_JOBS is .*; choose a whole number from 1 to 64"):
        Settings.from_environment()


def test_jobs_are_started_by_ray_where_the_environment_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAY_ADDRESS", "http://head:8265")
    assert (Settings.from_environment().launcher, Settings.from_environment().ray_address) == ("local", "")
    monkeypatch.setenv("DIGITLAB_LAUNCHER", "ray")
    monkeypatch.setenv("DIGITLAB_CPUS", "4")
    settings = Settings.from_environment()
    assert (settings.launcher, settings.ray_address, settings.cpus) == ("ray", "http://head:8265", 4)
    assert settings.slots is None
    assert settings.for_jobs().items() >= {"DIGITLAB_LAUNCHER": "ray", "RAY_ADDRESS": "http://head:8265"}.items()


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("DIGITLAB_LAUNCHER", "slurm", "choose local or ray"),
        ("DIGITLAB_CPUS", "0", "choose a whole number from 1 to 64"),
        ("DIGITLAB_API", "yes", "choose on or off"),
        ("RAY_ADDRESS", "", "name the cluster's dashboard, such as http://127.0.0.1:8265"),
        ("RAY_ADDRESS", "ftp://head/x y", "name the cluster's dashboard"),
    ],
)
def test_a_bad_setting_of_the_installation_is_named(
    variable: str, value: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIGITLAB_LAUNCHER", "ray")
    monkeypatch.setenv("RAY_ADDRESS", "http://head:8265")
    monkeypatch.setenv(variable, value)
    with pytest.raises(BadConfig, match=f"{variable} is .*; .*{words}"):
        Settings.from_environment()


def test_a_home_folder_that_does_not_exist_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIGITLAB_DATA", "~no-such-user/data")
    with pytest.raises(BadConfig, match="DIGITLAB_DATA is '~no-such-user/data'"):
        Settings.from_environment()


def test_the_checkpoints_are_those_of_the_project() -> None:
    assert (CHECKPOINTS.parent / "digitlab" / "settings.py").is_file()
