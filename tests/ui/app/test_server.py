"""What the server does while it runs; `tests/browser/test_server.py` asks a real one."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from digitlab.errors import BadConfig, DigitlabError
from digitlab.jobs.launcher import LocalLauncher
from digitlab.settings import Settings
from digitlab.ui.app import server


def run_apart() -> None:
    """Look after jobs in a thread of its own: tests of browsers leave a loop in this one."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(lambda: asyncio.run(server.look_after_jobs())).result()


class Watched(LocalLauncher):
    """A launcher that is checked and looked after. ends: what is raised at each look; the last one ends the server."""

    def __init__(self, ends: list[BaseException | None]) -> None:
        super().__init__(Settings.from_environment())
        self.ends, self.checked = ends, 0

    def check(self, _config: object = None) -> None:
        self.checked += 1

    def look_after(self) -> None:
        if (end := self.ends.pop(0)) is not None:
            raise end


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Watched]:
    """Looks after the jobs of a launcher."""

    def serve(name: str, ends: list[BaseException | None]) -> Watched:
        launcher = Watched(ends)
        monkeypatch.setattr(server, "_LOOK_AFTER", 0.0)
        monkeypatch.setattr(server, "launcher_of", lambda _settings: launcher)
        monkeypatch.setattr(server, "settings", lambda: replace(launcher.settings, launcher=name))
        run_apart()
        return launcher

    return serve


def test_on_one_machine_the_storage_is_checked_once(serve: Callable[..., Watched]) -> None:
    launcher = serve("local", [None])
    assert (launcher.checked, launcher.ends) == (1, [])


def test_an_engines_jobs_are_looked_after_as_long_as_the_server_runs(
    serve: Callable[..., Watched], capsys: pytest.CaptureFixture[str]
) -> None:
    away = DigitlabError("Ray is away.")
    with pytest.raises(KeyError):
        serve("ray", [None, away, away, None, KeyError()])
    assert capsys.readouterr().err == "Training: Ray is away.\n"  # once, however long


def test_a_launcher_that_cannot_be_had_is_said_and_tried_again(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answers: list[BaseException] = [BadConfig("RAY_ADDRESS is wrong."), KeyError()]

    def fail(_settings: Settings) -> LocalLauncher:
        raise answers.pop(0)

    monkeypatch.setattr(server, "_LOOK_AFTER", 0.0)
    monkeypatch.setattr(server, "launcher_of", fail)
    monkeypatch.setattr(server, "settings", lambda: replace(Settings.from_environment(), launcher="ray"))
    with pytest.raises(KeyError):
        run_apart()
    assert capsys.readouterr().err == "Training: RAY_ADDRESS is wrong.\n"
