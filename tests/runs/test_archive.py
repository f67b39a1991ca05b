import io
import json
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from digitlab.data.parts import Part
from digitlab.errors import BadRun
from digitlab.models import build_model
from digitlab.runs import archive as archive_module
from digitlab.runs.archive import pack_run, unpack_run
from digitlab.runs.label import Label, read_label, rename_run, star_run
from digitlab.runs.run import RUN_ID, Run, now
from digitlab.runs.scores import load_samples, read_scores, save_samples, score
from digitlab.runs.status import State, Status
from digitlab.runs.weights import load_resume, save_resume, save_weights

Refuse = Callable[..., str]


@pytest.fixture
def run(make_run: Callable[..., Run], make_part: Callable[..., Part], tmp_path: Path) -> Run:
    """A run with every file that travels, and some that do not."""
    run = make_run(tmp_path / "elsewhere", name="mine", epochs=2)
    part = make_part(12)
    rename_run(run, "my hand")
    star_run(run, True)
    run.append_history({"epoch": 1, "validation_accuracy": 0.5})
    run.snapshot(0).parent.mkdir()
    for epoch in (0, 1):
        save_weights(run.snapshot(epoch), build_model("softmax").state_dict(), half=True)
    score(run, part, "sklearn")
    save_samples(run, part.images.numpy(), part.labels.numpy())
    save_resume(run, {"epoch": 1})
    for name in ("train.log", "control", "lock", "snapshots/.0002.safetensors-x.part", "card.md"):
        (run.folder / name).write_text("stays")
    return run


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    return tmp_path / "runs"


@pytest.fixture
def refuse(runs: Path) -> Refuse:
    """Unpacks what must be refused: in one line, and the folder of runs is as before; returns the line."""

    def unpack(data: bytes) -> str:
        runs.mkdir(exist_ok=True)
        before = sorted(runs.rglob("*"))
        with pytest.raises(BadRun) as caught:
            unpack_run(data, runs)
        assert "\n" not in str(caught.value)
        assert sorted(runs.rglob("*")) == before
        return str(caught.value)

    return unpack


def zipped(
    run: Run, further: dict[str | zipfile.ZipInfo, bytes] | None = None, method: int = zipfile.ZIP_DEFLATED
) -> bytes:
    """The run's archive with further members; one of a name that is there already takes its place."""
    members: dict[str, tuple[str | zipfile.ZipInfo, bytes]] = {}
    with zipfile.ZipFile(io.BytesIO(pack_run(run))) as packed:
        members |= {name: (name, packed.read(name)) for name in packed.namelist()}
    for member, content in (further or {}).items():
        members[member if isinstance(member, str) else member.filename] = member, content
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", method) as archive:
        for member, content in members.values():
            archive.writestr(member, content)
    return data.getvalue()


def test_a_run_comes_back_whole_under_a_new_id(run: Run, runs: Path) -> None:
    other = unpack_run(pack_run(run), runs)
    assert RUN_ID.fullmatch(other.id)
    assert other.id != run.id
    assert [path.name for path in runs.iterdir()] == [other.id]
    packed = {"config.json", "status.json", "results.json", "label.json", "history.jsonl", "weights.safetensors"}
    packed |= {"samples.npz", "snapshots/0000.safetensors", "snapshots/0001.safetensors"}
    packed |= {"evaluations/sklearn.npz", "resume/state.pt"}
    files = {path.relative_to(other.folder).as_posix() for path in other.folder.rglob("*") if path.is_file()}
    assert files == packed
    assert all((other.folder / name).read_bytes() == (run.folder / name).read_bytes() for name in packed)
    assert read_label(other) == Label("my hand", True)
    assert (other.config, other.status, other.records) == (run.config, run.status, run.records)
    assert read_scores(other, "sklearn") is not None
    assert load_samples(other) is not None
    assert load_resume(other) == {"epoch": 1}


def test_a_run_leaves_its_sweep_behind(run: Run, runs: Path) -> None:
    (run.folder / "sweep.json").write_text(json.dumps({"sweep": "20260101-000000-abcdef", "trial": 1, "seed": 0}))
    assert not (unpack_run(pack_run(run), runs).folder / "sweep.json").exists()


def test_the_same_archive_can_be_unpacked_twice(run: Run, runs: Path) -> None:
    data = pack_run(run)
    assert unpack_run(data, runs).id != unpack_run(data, runs).id
    assert len(list(runs.iterdir())) == 2


def test_a_run_with_nothing_but_config_and_status_travels(run: Run, runs: Path) -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.mkdir("a")
        for name in ("config.json", "status.json"):
            archive.write(run.folder / name, f"a/{name}")
    assert unpack_run(data.getvalue(), runs).config == run.config


@pytest.mark.parametrize("state", [State.QUEUED, State.RUNNING, State.PAUSED])
def test_a_run_that_was_under_way_arrives_stopped(state: State, run: Run, runs: Path) -> None:
    run.write_status(Status(state, epoch=1, updated=now()))
    other = unpack_run(pack_run(run), runs)
    assert (other.state, other.status.epoch) == (State.STOPPED, 1)
    assert other.status.message == "Uploaded before it was finished."


@pytest.mark.parametrize("state", [State.DONE, State.STOPPED, State.FAILED])
def test_a_run_that_had_ended_arrives_as_it_was(state: State, run: Run, runs: Path) -> None:
    run.write_status(Status(state, message="so"))
    assert unpack_run(pack_run(run), runs).status == Status(state, message="so")


@pytest.mark.parametrize("data", [b"", b"no zip", b"PK\x03\x04" + bytes(100), b"\x89PNG\r\n\x1a\n"])
def test_what_is_no_zip_file_is_refused(data: bytes, refuse: Refuse) -> None:
    line = refuse(data)
    assert line.startswith("The archive is damaged or not a zip file")
    assert line.endswith("Choose a zip file that digitlab's Download made.")


def test_a_zip_file_without_a_run_is_refused(refuse: Refuse) -> None:
    empty, other = io.BytesIO(), io.BytesIO()
    zipfile.ZipFile(empty, "w").close()
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("x/label.json", "{}")
    for data in (empty, other):
        assert "it has no config.json" in refuse(data.getvalue())


def test_a_symbolic_link_is_refused_whatever_it_is_called(run: Run, tmp_path: Path, refuse: Refuse) -> None:
    link = zipfile.ZipInfo(f"{run.id}/label.json")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    assert "label.json', which is not part of a run" in refuse(zipped(run, {link: b"/etc/passwd"}))


@pytest.mark.parametrize(
    "name",
    [
        *("../x", "a/../../x", "a/../x", "/x", "/etc/passwd", "//label.json", "a/..", "a//etc/passwd"),
        *(
            "../label.json",
            "/label.json",
            "./label.json",
            "../snapshots/0001.safetensors",
            "/snapshots/0001.safetensors",
        ),
        *(
            "a/../label.json",
            "a/snapshots/../label.json",
            "a/snapshots/../../0001.safetensors",
            "a/../0001.safetensors",
        ),
        *("a\\..\\label.json", "C:\\label.json"),
    ],
)
def test_names_that_lead_elsewhere_are_refused(name: str, run: Run, tmp_path: Path, refuse: Refuse) -> None:
    before = sorted(path for path in tmp_path.rglob("*") if "runs" not in path.parts)
    assert "which is not part of a run. Choose a zip file" in refuse(zipped(run, {name: b"{}"}))
    assert sorted(path for path in tmp_path.rglob("*") if "runs" not in path.parts) == before


@pytest.mark.parametrize(
    "name",
    [
        *("label.json", "a/notes.txt", "a/train.log", "a/lock", "a/card.md", "a/control", "a/", "a/resume/state.py"),
        *("a/snapshots/0001.pt", "a/evaluations/mnist.pkl", "a/deep/er/label.json", "a/other/label.json"),
        *("a/snapshots/deep/0001.safetensors", "a/snapshots/.0001.safetensors", "a/.label.json", "a/snapshots"),
        *("a/evaluations/" + "a" * 300 + ".npz", "a/" + "a" * 5000),
    ],
)
def test_what_is_no_part_of_a_run_is_refused(name: str, run: Run, refuse: Refuse) -> None:
    member = zipfile.ZipInfo(name.rstrip("/"))
    line = refuse(zipped(run, {member: b"{}"}))
    assert "which is not part of a run" in line
    assert len(line) < 300


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_packing_that_digitlab_does_not_use_is_refused(method: int, run: Run, refuse: Refuse) -> None:
    assert "is packed in another way" in refuse(zipped(run, method=method))


def test_too_many_files_are_refused_before_any_is_unpacked(
    run: Run, runs: Path, refuse: Refuse, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = pack_run(run)
    files = len(zipfile.ZipFile(io.BytesIO(data)).namelist())
    monkeypatch.setattr(archive_module, "_MOST_FILES", files)
    unpack_run(data, runs)
    monkeypatch.setattr(archive_module, "_MOST_FILES", files - 1)
    monkeypatch.setattr(archive_module, "is_known", lambda _name: pytest.fail("looked at a file"))
    assert f"The archive is larger than digitlab makes any: {files} files." in refuse(data)


def test_too_large_a_sum_of_files_is_refused_before_any_is_unpacked(
    run: Run, runs: Path, refuse: Refuse, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = pack_run(run)
    size = sum(member.file_size for member in zipfile.ZipFile(io.BytesIO(data)).infolist())
    monkeypatch.setattr(archive_module, "_MOST_BYTES", size)
    unpack_run(data, runs)
    monkeypatch.setattr(archive_module, "_MOST_BYTES", size - 1)
    monkeypatch.setattr(archive_module, "is_known", lambda _name: pytest.fail("looked at a file"))
    assert "The archive is larger than digitlab makes any" in refuse(data)


@pytest.mark.parametrize(("size", "claimed"), [(1_000_000, 10), (500_001, 9_000_001)])
def test_a_file_of_another_size_than_it_claims_is_refused(size: int, claimed: int, run: Run, refuse: Refuse) -> None:
    data = zipped(run, {f"{run.id}/history.jsonl": b"\n" * size}, zipfile.ZIP_STORED)
    assert data.count(size.to_bytes(4, "little")) == 4  # packed and unpacked, in both of the member's headers
    assert "The archive is damaged" in refuse(data.replace(size.to_bytes(4, "little"), claimed.to_bytes(4, "little")))


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_member_whose_content_is_damaged_is_refused(method: int, run: Run, refuse: Refuse) -> None:
    name = f"{run.id}/history.jsonl"
    data = bytearray(zipped(run, {name: np.random.default_rng(0).bytes(3000)}, method))
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as archive:
        begin = archive.getinfo(name).header_offset + 30 + len(name)
    data[begin : begin + 200] = b"\xff" * 200
    assert refuse(bytes(data)).startswith("The archive is damaged or not a zip file of digitlab's (")


@pytest.mark.parametrize("name", ["evaluations/" + "ß" * 90 + ".npz", "evaluations/" + "\U0001f600" * 70 + ".npz"])
def test_a_name_that_no_disk_takes_is_refused(name: str, run: Run, refuse: Refuse) -> None:
    assert "which is not part of a run" in refuse(zipped(run, {f"{run.id}/{name}": b""}))


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("results.json", b'{"parameters": 1e999}', "parameters is inf; it must be a whole number"),
        ("results.json", b'{"parameters": 1' + b"0" * 400 + b"}", "parameters is 1000"),
        ("results.json", b'{"x": "' + b"y" * 60_000_000 + b'"}', "larger than digitlab makes any: 60 MB"),
        ("history.jsonl", b"{}\n" * 20_000_000, "larger than digitlab makes any: 60 MB"),
        ("history.jsonl", b"{}\n" * 3_000_000, "it holds over 200,000 lines"),
        ("label.json", b" " * 2_000_000 + b"{}", "label.json is foreign: it holds over 1 MB"),
    ],
    ids=["infinite", "400-digits", "long-text", "empty-records", "many-lines", "spaces"],
)
def test_a_small_archive_never_costs_much(name: str, content: bytes, said: str, run: Run, refuse: Refuse) -> None:
    data = zipped(run, {f"{run.id}/{name}": content})
    assert len(data) < 200_000
    assert said in refuse(data)


def test_two_members_of_one_name_are_refused(run: Run, refuse: Refuse) -> None:
    data = io.BytesIO(pack_run(run))
    with zipfile.ZipFile(data, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr(f"{run.id}/label.json", "{}")
    assert "it holds two files of one name" in refuse(data.getvalue())


def test_a_name_that_is_no_text_is_refused(run: Run, refuse: Refuse) -> None:
    name = f"{run.id}/evaluations/weiß.npz"
    data = zipped(run, {name: b""}).replace(name.encode(), name.encode()[:-5] + b"\xff.npz")
    assert "The archive is damaged" in refuse(data)


def test_an_archive_with_a_password_is_refused(run: Run, refuse: Refuse) -> None:
    data = bytearray(zipped(run))
    local, central = data.find(b"PK\x03\x04"), data.find(b"PK\x01\x02")
    data[local + 6] |= 1
    data[central + 8] |= 1
    assert "encrypted" in refuse(bytes(data))


def test_an_archive_of_a_later_zip_version_is_refused(run: Run, refuse: Refuse) -> None:
    data = bytearray(zipped(run))
    data[data.find(b"PK\x01\x02") + 6] = 99
    assert "zip file version 9.9" in refuse(bytes(data))


def test_an_archive_is_refused_or_read_whatever_the_damage(run: Run, runs: Path) -> None:
    good, random = pack_run(run), np.random.default_rng(0)
    runs.mkdir()
    refused = 0
    for turn in range(200):
        data = bytearray(good)
        data[random.integers(len(data))] ^= random.integers(1, 256)
        before = sorted(runs.rglob("*"))
        try:
            unpack_run(bytes(data[: random.integers(len(data))]) if turn % 4 == 0 else bytes(data), runs)
        except BadRun:
            assert sorted(runs.rglob("*")) == before
            refused += 1
    assert refused > 100


def arrays(**content: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.savez(file, **content)
    return file.getvalue()


def saved(value: object) -> bytes:
    file = io.BytesIO()
    torch.save(value, file)
    return file.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("config.json", b"{", "config.json is damaged"),
        ("config.json", b'{"speed": 3}', "Unknown setting 'speed'"),
        ("config.json", b'{"model": "perceptron"}', "There is no model 'perceptron'"),
        ("config.json", b'{"model": "cnn-small"}', "does not fit the model"),
        ("status.json", b"[]", "status.json is damaged"),
        ("status.json", b'{"state": "flying"}', "status.json is damaged"),
        ("results.json", b"{", "results.json is damaged"),
        ("results.json", b'{"test": []}', "is damaged or foreign"),
        ("label.json", b"{", "label.json is damaged"),
        ("label.json", b"[1]", "label.json is damaged"),
        ("history.jsonl", b'{"epoch": 1, "validation_accuracy": "high"}\n', "is damaged or foreign"),
        ("weights.safetensors", b"rubbish", "weights.safetensors is damaged"),
        ("snapshots/0001.safetensors", b"rubbish", "0001.safetensors is damaged"),
        ("samples.npz", b"rubbish", "samples.npz is damaged"),
        ("samples.npz", arrays(images=np.zeros((2, 5, 5), np.uint8), labels=np.zeros(2)), "samples.npz is damaged"),
        ("evaluations/mnist.npz", b"rubbish", "mnist.npz is damaged or"),
        (
            "evaluations/mnist.npz",
            arrays(logits=np.zeros((2, 10))),
            "mnist.npz is damaged or foreign: it holds no",
        ),
        ("resume/state.pt", b"rubbish", "state.pt is damaged"),
        ("resume/state.pt", saved([1, 2]), "holds no training state"),
    ],
)
def test_a_damaged_or_foreign_file_is_refused(
    name: str, content: bytes, words: str, run: Run, runs: Path, refuse: Refuse
) -> None:
    line = refuse(zipped(run, {f"{run.id}/{name}": content}))
    assert line.startswith("The archive's run cannot be used: ")
    assert words in line


def test_snapshots_of_another_architecture_are_refused(run: Run, refuse: Refuse) -> None:
    save_weights(run.snapshot(1), build_model("cnn-small").state_dict(), half=True)
    assert "0001.safetensors does not fit the model" in refuse(pack_run(run))


def test_code_in_a_resume_state_is_refused_and_never_run(run: Run, tmp_path: Path, refuse: Refuse) -> None:
    class Trap:
        def __reduce__(self) -> tuple[object, tuple[object, ...]]:
            return Path.touch, (tmp_path / "trace",)

    assert "state.pt is damaged or foreign" in refuse(zipped(run, {f"{run.id}/resume/state.pt": saved(Trap())}))
    assert not (tmp_path / "trace").exists()
