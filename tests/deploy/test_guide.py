"""The guide for those who run replicas names what is there."""

import re

from tests.deploy.proxy import ROOT

GUIDE = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")


def test_every_file_that_it_names_is_there() -> None:
    named = set(re.findall(r"`((?:deploy|tests)/[\w./]+)`", GUIDE))
    assert {"deploy/nginx.conf", "deploy/Dockerfile", "deploy/compose.yaml"} < named
    assert not [name for name in named if not (ROOT / name).exists()]


def test_it_names_every_variable_that_compose_asks_for() -> None:
    asked = set(re.findall(r"\$\{(\w+)", (ROOT / "deploy" / "compose.yaml").read_text(encoding="utf-8")))
    assert not [name for name in asked if name not in GUIDE]
