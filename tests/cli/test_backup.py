"""`digitlab backup` and `digitlab restore`, one after the other."""

import shutil
from collections.abc import Callable
from pathlib import Path

from digitlab.runs.label import rename_run
from digitlab.runs.listing import Catalogue
from digitlab.runs.run import Run
from digitlab.sweeps.sweep import Sweep
from tests.cli.conftest import Call
from tests.sweeps.made_up import made_up_plan


def test_what_was_backed_up_comes_back(
    call: Call, make_run: Callable[..., Run], catalogue: Catalogue, tmp_path: Path
) -> None:
    runs = [make_run(), make_run()]
    sweep = Sweep.create(catalogue.settings.runs, made_up_plan())
    file = tmp_path / "backup.zip"
    called = call("backup", file)
    assert (called.code, called.out) == (0, f"{file}\n")
    assert called.err == "Backed up: runs 2, sweeps 1, drawings 0.\n"
    shutil.rmtree(runs[0].folder)
    shutil.rmtree(sweep.folder)
    rename_run(runs[1], "another name")
    called = call("restore", file)
    assert (called.code, called.out) == (0, f"{sweep.id}\n{runs[0].id}\n")
    assert called.err.endswith("Restored: runs 1, sweeps 1, drawings 0. Here already: runs 1, sweeps 0, drawings 0.\n")
    assert {run.id for run in catalogue.runs()} == {run.id for run in runs}


def test_json_says_all_of_it(call: Call, make_run: Callable[..., Run], tmp_path: Path) -> None:
    good, bad = make_run(), make_run()
    bad.weights.write_bytes(b"damaged")
    file = tmp_path / "backup.zip"
    made = call("backup", file, "--json").json
    assert (made["file"], made["runs"], made["sweeps"], made["drawings"]) == (str(file), 1, 0, 0)
    assert made["bytes"] == file.stat().st_size
    assert list(made["left_out"]) == [bad.id]
    assert call("restore", file, "--json").json == {
        "file": str(file),
        "restored": [],
        "already_here": [good.id],
        "different": [],
        "sweeps": [],
        "sweeps_already_here": [],
        "sweeps_different": [],
        "drawings": 0,
        "drawings_here": 0,
    }


def test_what_is_left_out_and_what_differs_is_named(call: Call, make_run: Callable[..., Run], tmp_path: Path) -> None:
    good, bad = make_run(), make_run()
    bad.weights.write_bytes(b"damaged")
    file = tmp_path / "backup.zip"
    assert f"Left out: {bad.id}. " in call("backup", file).err
    good.write_results({"parameters": 1, "test": {}})
    assert f"{good.id} exists here with other content and stays as it is." in call("restore", file).err


def test_bad_names_end_with_a_line(refuse: Callable[..., str], make_run: Callable[..., Run], tmp_path: Path) -> None:
    make_run()
    assert "cannot be read" in refuse("restore", tmp_path / "nowhere.zip")
    assert "holds no backup" in refuse("restore", tmp_path)
    assert "cannot be written: No such file or directory" in refuse("backup", tmp_path / "nowhere" / "x.zip")
