"""A backup and its way back: `restore` is tested here too, since one is nothing without the other."""

import hashlib
import json
import re
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from digitlab.backup import back_up as backup_module
from digitlab.backup.back_up import back_up
from digitlab.backup.restore import BadBackup, restore
from digitlab.data.handwriting import add_drawing, relabel
from digitlab.data.handwriting_file import handwriting_file, my_drawings
from digitlab.errors import BadInk, NotSaved, UnknownName
from digitlab.ink.strokes import Drawing
from digitlab.runs.label import read_label, rename_run, star_run
from digitlab.runs.listing import Catalogue
from digitlab.runs.run import Run, now
from digitlab.runs.status import State, Status
from digitlab.runs.weights import load_resume, save_resume
from digitlab.settings import Settings

MakeRun = Callable[..., Run]


@pytest.fixture
def file(settings: Settings, make_run: MakeRun, tmp_path: Path) -> Path:
    """A backup of two runs and two drawings."""
    rename_run(make_run(), "Renamed \N{CHECK MARK}")
    star_run(make_run(model="cnn-small"), starred=True)
    (Catalogue(settings).runs()[0].folder / "train.log").write_text("epoch 1")
    draw(settings, 3)
    draw(settings, 8)
    return back_up(tmp_path / "backup.zip", settings).file


def draw(settings: Settings, digit: int) -> None:
    ink = [[[10.0, 10.0], [100.0 + digit, 200.0]]]
    add_drawing(settings.data, Drawing(ink=ink, pen_width=18.0), digit, "Ada")


def content(settings: Settings) -> dict[str, bytes]:
    """Every file of the runs and drawings."""
    files = [*settings.runs.rglob("*"), handwriting_file(settings.data)]
    return {path.name + path.parent.name: path.read_bytes() for path in files if path.is_file() and path.name != "lock"}


def changed(file: Path, change: Callable[[dict[str, bytes]], None], *, sums: bool = True) -> Path:
    """The backup with other members; sums: its list then says so."""
    with zipfile.ZipFile(file) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    if sums:
        manifest = json.loads(members.pop("manifest.json"))
        manifest["files"] = {
            name: {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()} for name, data in members.items()
        }
        members["manifest.json"] = json.dumps(manifest).encode()
    target = file.with_name("changed.zip")
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return target


def test_all_runs_and_drawings_come_back_as_they_were(file: Path, settings: Settings, elsewhere: Settings) -> None:
    found = restore(file, elsewhere)
    assert sorted(found.restored) == sorted(run.id for run in Catalogue(settings).runs())
    assert (found.already_here, found.different, found.drawings, found.drawings_here) == ([], [], 2, 0)
    assert content(elsewhere) == content(settings)
    assert my_drawings(elsewhere.data) == my_drawings(settings.data)
    assert {(label.name[:7], label.starred) for label in map(read_label, Catalogue(elsewhere).runs())} >= {
        ("Renamed", False)
    }


def test_what_is_here_already_stays_as_it_is_and_is_named(file: Path, settings: Settings) -> None:
    first, second = Catalogue(settings).runs()
    rename_run(first, "Since then")
    relabel(settings.data, my_drawings(settings.data)[0].id, 5)
    before = content(settings)
    found = restore(file, settings)
    assert (found.restored, found.already_here, found.different) == ([], [second.id], [first.id])
    assert (found.drawings, found.drawings_here) == (0, 2)
    assert content(settings) == before


def test_what_is_missing_comes_back_beside_what_is_new(file: Path, settings: Settings, make_run: MakeRun) -> None:
    lost, kept = Catalogue(settings).runs()
    shutil.rmtree(lost.folder)
    handwriting_file(settings.data).unlink()
    draw(settings, 1)
    new = make_run()
    found = restore(file, settings)
    assert (found.restored, found.already_here, found.drawings) == ([lost.id], [kept.id], 2)
    assert {run.id for run in Catalogue(settings).runs()} == {lost.id, kept.id, new.id}
    assert sorted(one.digit for one in my_drawings(settings.data)) == [1, 3, 8]


def test_a_folder_gets_a_dated_file_and_gives_its_newest(
    settings: Settings, elsewhere: Settings, make_run: MakeRun, tmp_path: Path
) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    with pytest.raises(UnknownName, match="holds no backup"):
        restore(folder, elsewhere)
    run = make_run()
    made = back_up(folder, settings)
    assert re.fullmatch(r"digitlab-[0-9]{8}-[0-9]{6}\.zip", made.file.name)
    shutil.copy(made.file, folder / "digitlab-20010101-000000.zip")
    assert restore(folder, elsewhere).file == made.file
    assert [one.id for one in Catalogue(elsewhere).runs()] == [run.id]


def test_a_file_that_is_there_is_not_replaced(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "thesis.doc").write_text("two years")
    with pytest.raises(NotSaved, match=r"thesis\.doc is there already\. Name another"):
        back_up(tmp_path / "thesis.doc", settings)
    assert (tmp_path / "thesis.doc").read_text() == "two years"


def test_what_is_damaged_is_left_out_and_named(settings: Settings, make_run: MakeRun, tmp_path: Path) -> None:
    good, bad = make_run(), make_run()
    bad.weights.write_bytes(b"damaged")
    draw(settings, 3)
    with handwriting_file(settings.data).open("a") as drawings:
        drawings.write('{"torn')
    made = back_up(tmp_path / "backup.zip", settings)
    assert (made.runs, made.drawings) == (1, 0)
    assert set(made.left_out) == {bad.id, "mine/digits.jsonl"}
    assert "is damaged" in made.left_out[bad.id]
    with zipfile.ZipFile(made.file) as archive:
        assert not [name for name in archive.namelist() if good.id not in name and name != "manifest.json"]


def test_a_run_that_is_written_meanwhile_is_copied_as_it_was_at_one_moment(
    settings: Settings, elsewhere: Settings, make_run: MakeRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, read = make_run(), Path.read_bytes

    def train_to(step: int) -> None:
        save_resume(run, {"step": step})
        run.write_status(Status(State.RUNNING, step=step, updated=now()))

    def read_while_it_goes_on(path: Path) -> bytes:
        content = read(path)
        if path == run.resume and run.status.step < 3:
            train_to(run.status.step + 1)
        return content

    train_to(0)
    monkeypatch.setattr(Path, "read_bytes", read_while_it_goes_on)
    made = back_up(tmp_path / "backup.zip", settings)
    monkeypatch.undo()
    restore(made.file, elsewhere)
    (copied,) = Catalogue(elsewhere).runs()
    state = load_resume(copied)
    assert state is not None
    assert (copied.status.step, state["step"]) == (3, 3)
    assert (copied.state, copied.status.message[:8]) == (State.STOPPED, "Restored")


def test_a_run_that_is_written_all_the_time_is_left_out(
    settings: Settings, make_run: MakeRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, looks = make_run(), iter(range(10_000))
    monkeypatch.setattr(backup_module, "_PAUSE", 0.0)
    monkeypatch.setattr(backup_module, "_stamps", lambda _folder, _is_kept: {"config.json": next(looks)})
    made = back_up(tmp_path / "backup.zip", settings)
    assert made.runs == 0
    assert "was written all the time" in made.left_out[run.id]


@pytest.mark.parametrize("at", [0.0, 0.3, 0.6, 0.9])
def test_a_backup_with_a_flipped_bit_is_refused_whole(at: float, file: Path, elsewhere: Settings) -> None:
    damaged = bytearray(file.read_bytes())
    damaged[int(len(damaged) * at)] ^= 1
    file.write_bytes(damaged)
    with pytest.raises(BadBackup):
        restore(file, elsewhere)
    assert not list(elsewhere.runs.glob("*"))
    assert not elsewhere.data.exists()


def _without_a_file(members: dict[str, bytes]) -> None:
    del members[next(name for name in members if name.endswith("weights.safetensors"))]


def _with_other_content(members: dict[str, bytes]) -> None:
    members[next(name for name in members if name.endswith("status.json"))] = b"{}"


def test_a_name_without_an_ending_is_a_folder_that_is_made(settings: Settings, tmp_path: Path) -> None:
    made = back_up(tmp_path / "backups", settings)
    assert made.file.parent == tmp_path / "backups"
    assert made.file.suffix == ".zip"


def _with_a_foreign_file(members: dict[str, bytes]) -> None:
    members["runs/../../evil"] = b"x"


def _with_code(members: dict[str, bytes]) -> None:
    members[next(name for name in members if name.endswith("status.json")).replace("status.json", "evil.py")] = b"x"


def _with_damaged_weights(members: dict[str, bytes]) -> None:
    members[next(name for name in members if name.endswith("weights.safetensors"))] = b"x"


def _with_torn_drawings(members: dict[str, bytes]) -> None:
    members["mine/digits.jsonl"] += b'{"torn'


@pytest.mark.parametrize(
    ("change", "sums", "words"),
    [
        (_without_a_file, False, "is not whole: its files are not those"),
        (_with_other_content, False, "is not whole: .* has another size"),
        (_with_a_foreign_file, True, "holds .*evil.*, which no backup does"),
        (_with_code, True, "holds .*evil.*, which no backup does"),
        (_with_damaged_weights, True, "in the backup cannot be used"),
        (_with_torn_drawings, True, r"mine/digits\.jsonl in the backup, line 3"),
    ],
)
def test_a_backup_that_holds_what_it_should_not_is_refused_whole(
    change: Callable[[dict[str, bytes]], None], sums: bool, words: str, file: Path, elsewhere: Settings, tmp_path: Path
) -> None:
    before = sorted(tmp_path.rglob("*"))
    bad = changed(file, change, sums=sums)
    with pytest.raises(BadBackup, match=words):
        restore(bad, elsewhere)
    assert not list(elsewhere.runs.glob("*"))
    assert {*tmp_path.rglob("*")} - {*before} <= {bad, elsewhere.runs, elsewhere.runs.parent}


def test_a_manifest_of_another_kind_is_refused(file: Path, elsewhere: Settings) -> None:
    for manifest in (b"[]", b"{}", b'{"kind": "digitlab backup", "version": 99, "files": {}}', b"{", b"[" * 100_000):
        bad = changed(file, lambda members, m=manifest: members.update({"manifest.json": m}), sums=False)  # type: ignore[misc]
        with pytest.raises(BadBackup):
            restore(bad, elsewhere)


def test_a_file_that_is_no_backup_or_not_there_is_named(elsewhere: Settings, tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(b"no zip")
    with pytest.raises(BadBackup, match=r"x\.zip is damaged or not a backup"):
        restore(tmp_path / "x.zip", elsewhere)
    with pytest.raises(UnknownName, match=r"nowhere\.zip cannot be read: No such file"):
        restore(tmp_path / "nowhere.zip", elsewhere)


def test_without_room_nothing_is_unpacked(file: Path, elsewhere: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(file)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage._replace(free=1000))
    with pytest.raises(BadBackup, match=r"0 MB are free\. Make room first"):
        restore(file, elsewhere)


def test_when_the_drawings_do_not_fit_no_run_comes_either(
    file: Path, elsewhere: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("digitlab.data.handwriting.MOST_DRAWINGS", 1)
    with pytest.raises(BadInk, match="holds at most 1"):
        restore(file, elsewhere)
    assert Catalogue(elsewhere).runs() == []
    assert my_drawings(elsewhere.data) == []
