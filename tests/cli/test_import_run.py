from collections.abc import Callable
from pathlib import Path

import pytest

from digitlab.runs import archive as archive_module
from digitlab.runs.archive import pack_run
from digitlab.runs.listing import Catalogue
from digitlab.runs.run import Run
from tests.cli.conftest import Call

Refuse = Callable[..., str]


@pytest.fixture
def archive(make_run: Callable[..., Run], tmp_path: Path) -> Path:
    """The archive of a run that is not here."""
    file = tmp_path / "run.zip"
    file.write_bytes(pack_run(make_run(tmp_path / "elsewhere", epochs=7)))
    return file


def test_an_archive_becomes_a_run_of_this_installation(archive: Path, call: Call, catalogue: Catalogue) -> None:
    called = call("import-run", archive)
    assert (called.code, called.err) == (0, "")
    assert catalogue.find(called.out.strip()).config.epochs == 7


def test_json_names_the_run_and_its_folder(archive: Path, call: Call, tmp_path: Path) -> None:
    answer = call("import-run", archive, "--json").json
    assert answer == {"run": answer["run"], "folder": str(tmp_path / "runs" / answer["run"])}
    assert (tmp_path / "runs" / answer["run"] / "config.json").is_file()


def test_bad_archives_get_one_line_and_add_nothing(
    archive: Path, refuse: Refuse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "No such file or directory. Choose a zip file" in refuse("import-run", tmp_path / "nosuch.zip")
    assert "Is a directory. Choose a zip file" in refuse("import-run", tmp_path)
    (tmp_path / "text.zip").write_text("no zip")
    (tmp_path / "runs").mkdir()  # which is there from the first archive that is opened
    assert "The archive is damaged or not a zip file" in refuse("import-run", tmp_path / "text.zip")
    (tmp_path / "torn.zip").write_bytes(archive.read_bytes()[:500])
    assert "The archive is damaged" in refuse("import-run", tmp_path / "torn.zip")
    monkeypatch.setattr(archive_module, "_MOST_BYTES", 100)
    assert "is larger than digitlab makes any: over 0.0001 MB" in refuse("import-run", archive)
