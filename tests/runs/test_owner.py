"""Whose run it is."""

from collections.abc import Callable
from pathlib import Path

import pytest

from digitlab.access import OWNER, NotAllowed, Role, Visitor
from digitlab.config import TrainConfig
from digitlab.errors import BadRun
from digitlab.runs.archive import pack_run, unpack_run
from digitlab.runs.label import describe_run, rename_run, star_run
from digitlab.runs.listing import delete_run
from digitlab.runs.owner import (
    as_files,
    check_change_run,
    count_runs,
    may_change_run,
    may_see_samples,
    may_see_score,
    owner_of,
)
from digitlab.runs.run import Run

ANNA, BO = Visitor(Role.PUPIL, "a" * 32), Visitor(Role.PUPIL, "b" * 32)
TEACHER = Visitor(Role.TEACHER, "c" * 32)
CONFIG = TrainConfig(model="softmax", data="sklearn")


def run_of(visitor: Visitor, runs: Path, config: TrainConfig = CONFIG) -> Run:
    return Run.create(runs, config, as_files(visitor.hand))


def test_a_run_carries_the_hand_of_the_pupil_who_started_it(tmp_path: Path) -> None:
    assert owner_of(run_of(ANNA, tmp_path)) == ANNA.id
    assert owner_of(run_of(TEACHER, tmp_path)) == owner_of(run_of(OWNER, tmp_path)) == ""


def test_only_its_pupil_and_the_teacher_change_a_run(tmp_path: Path) -> None:
    run = run_of(ANNA, tmp_path)
    assert [may_change_run(one, run) for one in (ANNA, BO, TEACHER, OWNER)] == [True, False, True, True]
    with pytest.raises(NotAllowed):
        check_change_run(BO, run)


def test_a_pupil_does_not_change_what_is_nobodys(tmp_path: Path) -> None:
    assert not may_change_run(ANNA, run_of(OWNER, tmp_path))


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"visitor": "../x"}', '{"visitor": 7}', '{"visitor": ""}'])
def test_a_damaged_owner_leaves_the_run_to_the_teacher(tmp_path: Path, content: str) -> None:
    run = run_of(ANNA, tmp_path, CONFIG.replace(data="mine"))
    (run.folder / "owner.json").write_text(content)
    with pytest.raises(BadRun):
        owner_of(run)
    assert [may_change_run(one, run) for one in (ANNA, TEACHER)] == [False, True]
    assert not may_see_samples(ANNA, run)


def test_samples_of_handwriting_are_for_its_writer(tmp_path: Path) -> None:
    private = run_of(ANNA, tmp_path, CONFIG.replace(data="sklearn+mine"))
    assert [may_see_samples(one, private) for one in (ANNA, BO, TEACHER)] == [True, False, True]
    assert may_see_samples(BO, run_of(ANNA, tmp_path))


def test_how_a_run_reads_somebodys_drawings_is_for_them(tmp_path: Path) -> None:
    run = run_of(ANNA, tmp_path)
    for data, seen in (
        ("mine", [True, False, True, True]),
        ("mnist+mine", [True, False, True, True]),
        ("mnist", [True] * 4),
    ):
        assert [may_see_score(one, run, data) for one in (ANNA, BO, TEACHER, OWNER)] == seen


@pytest.mark.parametrize(
    "change",
    [
        lambda run, who: rename_run(run, "mine now", who),
        lambda run, who: star_run(run, True, who),
        lambda run, who: describe_run(run, "notes", ["tag"], who),
        lambda run, who: delete_run(run, who),
    ],
    ids=["rename", "star", "describe", "delete"],
)
def test_whoever_calls_it_a_change_of_somebody_elses_run_is_refused(
    tmp_path: Path, change: Callable[[Run, Visitor], None]
) -> None:
    for run in (run_of(ANNA, tmp_path), run_of(TEACHER, tmp_path)):
        with pytest.raises(NotAllowed):
            change(run, BO)
        assert sorted(path.name for path in run.folder.iterdir() if path.name != "owner.json") == [
            "config.json",
            "status.json",
        ]
    for who in (ANNA, TEACHER):
        change(run_of(ANNA, tmp_path), who)


def test_runs_of_others_are_not_counted(tmp_path: Path) -> None:
    runs = [run_of(visitor, tmp_path) for visitor in (ANNA, BO, ANNA, TEACHER)]
    assert count_runs(runs, ANNA.hand, lambda run: run.id == runs[0].id) == (1, 2)


def test_an_archive_does_not_say_whose_a_run_was_and_becomes_the_uploaders(
    tmp_path: Path, make_run: Callable[..., Run]
) -> None:
    run = make_run(tmp_path)
    (run.folder / "owner.json").write_text('{"visitor": "' + ANNA.id + '"}')
    packed = pack_run(run)
    assert owner_of(unpack_run(packed, tmp_path, BO.hand)) == BO.id
    assert owner_of(unpack_run(packed, tmp_path)) == ""
    assert b"owner.json" not in packed
