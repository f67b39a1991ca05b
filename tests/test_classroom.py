"""The settings of a class server."""

import pytest

from digitlab.access import Quotas, Role
from digitlab.classroom import Classroom
from digitlab.errors import BadConfig


def room(monkeypatch: pytest.MonkeyPatch, **variables: str) -> Classroom | None:
    for name, value in {"SHARED": "class", **variables}.items():
        monkeypatch.setenv(f"DIGITLAB_{name}", value)
    return Classroom.from_environment()


def test_an_installation_is_not_shared_unless_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    assert room(monkeypatch, SHARED="") is None
    assert room(monkeypatch, SHARED="off") is None
    assert room(monkeypatch) is not None


def test_codes_that_are_not_given_are_made_and_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = room(monkeypatch), room(monkeypatch)
    assert first and second
    assert len({first.code, first.teacher_code, second.code, second.teacher_code}) == 4
    assert first.role_of(first.code) is Role.PUPIL
    assert first.role_of(first.teacher_code) is Role.TEACHER


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"SHARED": "yes"}, "DIGITLAB_SHARED"),
        ({"CODE": "short"}, "DIGITLAB_CODE has 5 characters"),
        ({"CODE": "x" * 65}, "DIGITLAB_CODE has 65 characters"),
        ({"CODE": "tab\tinside"}, "DIGITLAB_CODE"),
        ({"TEACHER_CODE": "too-short"}, "DIGITLAB_TEACHER_CODE has 9 characters"),
        ({"CODE": "Same-Code-12", "TEACHER_CODE": "samecode12 "}, "are the same"),
        ({"PUPIL_RUNS": "0"}, "DIGITLAB_PUPIL_RUNS"),
        ({"PUPIL_SOCKETS": "1"}, "DIGITLAB_PUPIL_SOCKETS"),
        ({"PUPIL_DRAWINGS": "1e9"}, "DIGITLAB_PUPIL_DRAWINGS"),
        ({"PUPIL_UPLOADS": "٣"}, "DIGITLAB_PUPIL_UPLOADS"),
    ],
)
def test_a_bad_setting_is_one_line(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], said: str) -> None:
    with pytest.raises(BadConfig, match=said) as error:
        room(monkeypatch, **variables)
    assert str(error.value).count("\n") == 0
    assert "Same-Code" not in str(error.value)


def test_quotas_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    found = room(monkeypatch, PUPIL_RUNS="3", PUPIL_UPLOAD_MB="7")
    assert found
    assert found.quotas == Quotas(runs=3, megabytes=7)


@pytest.mark.parametrize("typed", ["k7m3-p9qx", " K7M3-P9QX ", "k7m3p9qx", "k7m3 p9qx"])
def test_a_code_is_known_however_a_phone_writes_it(typed: str) -> None:
    assert Classroom("k7m3-p9qx", "teacher-code").role_of(typed) is Role.PUPIL


@pytest.mark.parametrize("typed", ["", "k7m3-p9q", "k7m3-p9qxx", "ｋ7m3-p9qx", "\udcff"])
def test_any_other_code_is_nobodys(typed: str) -> None:
    assert Classroom("k7m3-p9qx", "teacher-code").role_of(typed) is None


def test_codes_are_not_in_what_is_printed_of_the_settings() -> None:
    assert "k7m3" not in repr(Classroom("k7m3-p9qx", "teacher-code"))
