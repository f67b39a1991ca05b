from collections.abc import Callable

import pytest

from digitlab.errors import BadRun, UnknownName
from digitlab.settings import Settings
from digitlab.sweeps.plan import SweepPlan
from digitlab.sweeps.sweep import SWEEP_ID, Sweep, SweepState, SweepStatus, find_sweep, sweeps

MakePlan = Callable[..., SweepPlan]


def test_a_sweep_is_found_by_its_id_and_listed_newest_first(settings: Settings, make_plan: MakePlan) -> None:
    assert sweeps(settings) == []
    first = Sweep.create(settings.runs, make_plan())
    assert SWEEP_ID.fullmatch(first.id)
    later = first.folder.rename(first.folder.with_name("99991231-235959-abcdef"))
    second = Sweep.create(settings.runs, make_plan(seeds=2))
    assert [one.id for one in sweeps(settings)] == [later.name, second.id]
    assert find_sweep(second.id, settings).plan == make_plan(seeds=2)
    assert second.runs == settings.runs


@pytest.mark.parametrize("name", ["", "../x", "20260101-000000-aaaaaa", "x" * 5000, "20260101-000000-aaaaaa/.."])
def test_what_is_no_sweep_is_refused(name: str, settings: Settings) -> None:
    with pytest.raises(UnknownName, match="digitlab sweep --list"):
        find_sweep(name, settings)


def test_a_sweep_whose_process_is_gone_is_interrupted(
    settings: Settings, make_plan: MakePlan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("digitlab.sweeps.sweep._STARTING", 3600.0)
    sweep = Sweep.create(settings.runs, make_plan())
    assert sweep.state is SweepState.STARTING
    monkeypatch.setattr("digitlab.sweeps.sweep._STARTING", 0.0)
    assert sweep.state is SweepState.INTERRUPTED
    sweep.mark(SweepState.RUNNING, seconds=3.0)
    assert sweep.state is SweepState.INTERRUPTED
    with sweep.lock():
        assert sweep.state is SweepState.RUNNING
        with pytest.raises(BadRun, match=r"is under way\. Stop it first"):
            sweep.remove()
    sweep.mark(SweepState.DONE, "All done.")
    assert (sweep.state, sweep.status.seconds, sweep.status.message) == (SweepState.DONE, 3.0, "All done.")


def test_a_sweep_is_asked_to_stop_and_to_go_on(settings: Settings, make_plan: MakePlan) -> None:
    sweep = Sweep.create(settings.runs, make_plan())
    assert not sweep.wants_stop
    sweep.ask(stop=True)
    assert sweep.wants_stop
    sweep.ask(stop=False)
    assert not sweep.wants_stop
    sweep.remove()
    assert sweep.is_gone
    assert sweep.wants_stop
    assert sweeps(settings) == []


def test_damaged_files_of_a_sweep_are_told_in_a_line(settings: Settings, make_plan: MakePlan) -> None:
    sweep = Sweep.create(settings.runs, make_plan())
    (sweep.folder / "plan.json").write_text('{"format": 1, "base": {}}')
    with pytest.raises(BadRun, match=r"plan\.json is damaged or foreign: .* Delete the sweep"):
        _ = sweep.plan
    with pytest.raises(BadRun, match=r"status\.json is damaged or foreign: state is 'asleep'"):
        SweepStatus.from_dict({"state": "asleep"})


@pytest.mark.parametrize(
    ("seen", "written", "is_held"),
    [(SweepState.RUNNING, SweepState.DONE, False), (SweepState.STARTING, SweepState.RUNNING, True)],
)
def test_a_sweep_whose_process_ends_or_begins_between_two_looks_is_not_called_interrupted(
    seen: SweepState,
    written: SweepState,
    is_held: bool,
    settings: Settings,
    make_plan: MakePlan,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("digitlab.sweeps.sweep._STARTING", 0.0)
    sweep = Sweep.create(settings.runs, make_plan())
    sweep.mark(seen)
    looks = iter([False, is_held])

    def look(_sweep: Sweep) -> bool:
        sweep.mark(written)
        return next(looks)

    monkeypatch.setattr(Sweep, "is_locked", look)
    assert sweep.state is written
