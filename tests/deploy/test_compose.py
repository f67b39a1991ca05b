"""The compose file: replicas that share everything they must, and nothing that is open to more than it should be."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from digitlab.access import Role
from digitlab.settings import Settings
from digitlab.ui.app.passes import read_secret
from tests.deploy.proxy import CONFIG, REPLICAS, ROOT

COMPOSE = ROOT / "deploy" / "compose.yaml"
APPS = ("app-1", "app-2")
PROGRAMS = (*APPS, "ray-head")
CHOSEN = {
    "DIGITLAB_CODE": "class-code",
    "DIGITLAB_TEACHER_CODE": "teacher-code",
    "DIGITLAB_SECRET": "s" * 32,
    "DIGITLAB_HOST": "school.example",
}
"""What the one who starts it chooses."""


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="module")
def services(compose: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = compose["services"]
    return found


def _filled(text: str, chosen: dict[str, str]) -> str:
    """A value with its variables replaced, as compose does it: ${NAME:?why not} and ${NAME:-otherwise}."""

    def value(match: re.Match[str]) -> str:
        name, kind, rest = match.groups()
        if name not in chosen and kind == ":?":
            raise KeyError(name)
        return chosen.get(name, rest)

    return re.sub(r"\$\{(\w+)(:[?-])([^}]*)\}", value, text)


def test_replicas_differ_in_nothing_but_their_address(services: dict[str, Any]) -> None:
    first, second = ({key: part for key, part in services[name].items() if key != "networks"} for name in APPS)
    assert first == second


def test_apps_and_ray_are_one_image_and_see_the_same_folders_at_the_same_paths(services: dict[str, Any]) -> None:
    for part in ("image", "build", "volumes"):
        assert services["app-1"][part] == services["app-2"][part] == services["ray-head"][part]
    text = (ROOT / "deploy" / "Dockerfile").read_text(encoding="utf-8")
    for volume in services["app-1"]["volumes"]:
        path = volume.split(":")[1]
        assert re.search(rf"DIGITLAB_(DATA|RUNS)={path}\b", text)


def test_the_settings_are_those_of_a_class_server(services: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in services["app-1"]["environment"].items():
        monkeypatch.setenv(name, _filled(value, CHOSEN))
    settings = Settings.from_environment()
    assert settings.classroom is not None
    assert settings.classroom.role_of("class-code") is Role.PUPIL
    assert settings.classroom.role_of("teacher-code") is Role.TEACHER
    assert read_secret(Path("nowhere")) == "s" * 32


@pytest.mark.parametrize("secret", ["DIGITLAB_CODE", "DIGITLAB_TEACHER_CODE", "DIGITLAB_SECRET"])
def test_it_does_not_start_without_the_secrets_that_all_replicas_share(services: dict[str, Any], secret: str) -> None:
    with pytest.raises(KeyError, match=secret):
        _filled(services["app-1"]["environment"][secret], {})
    assert secret not in services["ray-head"].get("environment", {})


def test_the_server_answers_under_its_name_and_to_its_own_health_check(services: dict[str, Any]) -> None:
    """Streamlit itself reads the names, as it does when it starts."""
    names = _filled(services["app-1"]["environment"]["STREAMLIT_SERVER_ALLOWED_HOSTS"], CHOSEN)
    done = subprocess.run(
        [sys.executable, "-m", "streamlit", "config", "show"],
        env={"STREAMLIT_SERVER_ALLOWED_HOSTS": names},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    found = re.search(r"^allowedHosts = \[(.*?)\]", done.stdout, re.MULTILINE | re.DOTALL)
    assert found
    assert re.findall('"(.*?)"', found[1]) == ["127.0.0.1", "localhost", "school.example"]


def test_nginx_and_the_replicas_know_one_another_by_the_same_addresses(services: dict[str, Any]) -> None:
    addresses = [services[name]["networks"]["front"]["ipv4_address"] for name in APPS]
    assert [f"{address}:8501" for address in addresses] == list(REPLICAS)
    nginx = services["nginx"]["networks"]["front"]["ipv4_address"]
    assert {services[name]["environment"]["FORWARDED_ALLOW_IPS"] for name in APPS} == {nginx}


def test_nginx_alone_is_open_to_others_and_does_not_reach_ray(services: dict[str, Any]) -> None:
    assert [name for name, one in services.items() if "ports" in one] == ["nginx"]
    assert not set(services["nginx"]["networks"]) & set(services["ray-head"]["networks"])
    assert f"listen {services['nginx']['ports'][0].rpartition(':')[2]};" in CONFIG.read_text(encoding="utf-8")


def test_nobody_has_more_rights_than_needed_and_every_image_has_a_version(services: dict[str, Any]) -> None:
    for service in services.values():
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert re.fullmatch(r"[a-z]+:[\w.-]+", service["image"])
        assert not service["image"].endswith("latest")
    assert services["nginx"]["user"] == "101:101"
    assert not any("user" in services[name] for name in PROGRAMS), "the image says who it runs as"


def test_the_files_that_it_names_are_there(services: dict[str, Any]) -> None:
    folder = COMPOSE.parent
    build = services["app-1"]["build"]
    assert (folder / build["context"] / build["dockerfile"]).is_file()
    assert (folder / services["nginx"]["volumes"][0].split(":")[0]).is_file()


def test_every_volume_and_network_that_is_used_is_made(compose: dict[str, Any], services: dict[str, Any]) -> None:
    used = {volume.split(":")[0] for name in PROGRAMS for volume in services[name]["volumes"]}
    assert used == set(compose["volumes"])
    assert {name for service in services.values() for name in service["networks"]} == set(compose["networks"])


def test_apps_find_ray_where_its_head_listens(services: dict[str, Any]) -> None:
    environment = services["app-1"]["environment"]
    assert environment["DIGITLAB_LAUNCHER"] == "ray"
    assert environment["RAY_ADDRESS"] == "http://ray-head:8265"
    assert "--head" in services["ray-head"]["command"]


@pytest.mark.long
def test_ray_knows_the_options_that_its_head_is_started_with(services: dict[str, Any]) -> None:
    pytest.importorskip("ray")
    command = services["ray-head"]["command"]
    done = subprocess.run(
        [sys.executable, "-m", "ray.scripts.scripts", *command[1:], "--help"],
        capture_output=True,
        text=True,
        check=True,
    )
    for option in (part for part in command if part.startswith("--")):
        assert option in done.stdout
