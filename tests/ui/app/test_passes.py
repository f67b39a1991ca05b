"""The signed pass of a class server."""

import stat
from pathlib import Path

import pytest

from digitlab.access import Role, Visitor
from digitlab.classroom import Classroom
from digitlab.errors import BadConfig
from digitlab.ui.app.passes import LASTS, Passes, read_secret

ROOM = Classroom("class-code", "teacher-code")
ANNA = Visitor(Role.PUPIL, "a" * 32)
TEACHER = Visitor(Role.TEACHER, "c" * 32)


@pytest.fixture
def passes() -> Passes:
    return Passes("s" * 64, ROOM)


@pytest.mark.parametrize("visitor", [ANNA, TEACHER])
def test_a_pass_says_whose_it_is(passes: Passes, visitor: Visitor) -> None:
    assert passes.read(passes.write(visitor)) == visitor


@pytest.mark.parametrize("cookie", [None, "", "x", "a.b.c", "ä", "\x00", "." * 5000])
def test_anything_else_is_no_pass(passes: Passes, cookie: str | None) -> None:
    assert passes.read(cookie) is None
    assert passes.known_id(cookie) == ""


def test_each_changed_character_makes_a_pass_worthless(passes: Passes) -> None:
    cookie = passes.write(ANNA)
    forged = [cookie[:at] + ("A" if cookie[at] != "A" else "B") + cookie[at + 1 :] for at in range(len(cookie) - 1)]
    assert not any(map(passes.read, forged))


def test_a_pass_of_another_server_is_none(passes: Passes) -> None:
    assert passes.read(Passes("t" * 64, ROOM).write(ANNA)) is None


def test_a_signed_pass_must_still_name_a_visitor(passes: Passes) -> None:
    assert passes.read(passes.write(Visitor(Role.PUPIL, "../../etc/passwd"))) is None


@pytest.mark.parametrize("visitor", [ANNA, TEACHER])
def test_a_pass_expires_but_its_bearer_is_known_again(
    passes: Passes, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    cookie = passes.write(visitor)
    later = passes._writers[visitor.role]
    signer = later.make_signer(later.salt)
    moment = signer.get_timestamp()
    monkeypatch.setattr(type(signer), "get_timestamp", lambda _self: moment + LASTS[visitor.role])
    assert passes.read(cookie) == visitor
    monkeypatch.setattr(type(signer), "get_timestamp", lambda _self: moment + LASTS[visitor.role] + 1)
    assert passes.read(cookie) is None
    assert passes.known_id(cookie) == visitor.id


def test_another_teachers_code_ends_the_teachers_passes_alone(passes: Passes) -> None:
    renewed = Passes("s" * 64, Classroom("another-code", "another-teacher-code"))
    assert renewed.read(passes.write(TEACHER)) is None
    assert renewed.read(passes.write(ANNA)) == ANNA


def test_the_secret_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    first = read_secret(tmp_path / "runs")
    assert read_secret(tmp_path / "runs") == first
    assert len(first) == 64
    assert stat.S_IMODE((tmp_path / "runs" / ".secret").stat().st_mode) == 0o600


def test_a_secret_that_others_could_read_is_closed_again(tmp_path: Path) -> None:
    read_secret(tmp_path)
    (tmp_path / ".secret").chmod(0o644)
    read_secret(tmp_path)
    assert stat.S_IMODE((tmp_path / ".secret").stat().st_mode) == 0o600


def test_a_secret_that_is_none_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".secret").write_bytes(b"\xff")
    with pytest.raises(BadConfig, match="Delete it"):
        read_secret(tmp_path)
    monkeypatch.setenv("DIGITLAB_SECRET", "short")
    with pytest.raises(BadConfig, match="DIGITLAB_SECRET has 5 characters") as error:
        read_secret(tmp_path)
    assert "'short'" not in str(error.value)
    monkeypatch.setenv("DIGITLAB_SECRET", "x" * 32)
    assert read_secret(tmp_path) == "x" * 32
