from collections.abc import Callable

import pytest

from digitlab.errors import BadRun, NotSaved
from digitlab.settings import Settings
from digitlab.sweeps.journal import Ending
from digitlab.sweeps.plan import SweepPlan
from digitlab.sweeps.space import Choice, Range
from digitlab.sweeps.study import Study
from digitlab.sweeps.sweep import Sweep

SETTING = {"learning_rate": 0.0123456, "batch_size": 32}


@pytest.fixture
def reopen(settings: Settings, make_plan: Callable[..., SweepPlan]) -> Callable[[], Study]:
    """Opens the record of one sweep anew, as another process would."""
    sweep = Sweep.create(settings.runs, make_plan())
    return lambda: Study(sweep, sweep.plan)


def test_what_is_recorded_is_there_for_the_next_process(reopen: Callable[[], Study]) -> None:
    study = reopen()
    assert study.add(SETTING) == 1
    assert study.add({**SETTING, "batch_size": 64}) == 2
    study.report(1, 1, 0.5)
    study.end(1, Ending.DONE, 0.25)
    again = reopen()
    assert again.settings == [SETTING, {**SETTING, "batch_size": 64}]
    assert (again.ending(1), again.ending(2)) == (Ending.DONE, None)
    again.end(2, Ending.PRUNED)
    assert again.add(SETTING) == 3
    again.end(3, Ending.FAILED)
    assert [reopen().ending(number) for number in (1, 2, 3)] == [Ending.DONE, Ending.PRUNED, Ending.FAILED]


@pytest.mark.parametrize(
    "content", [b"garbage\n", b"[]\n", b'{"op_code": 99}\n', b'{"op_code": 0}\n', b"\xff\n", b"[" * 100_000 + b"\n"]
)
def test_a_damaged_record_is_refused_in_one_line_that_says_what_to_do(
    content: bytes, reopen: Callable[[], Study], settings: Settings
) -> None:
    reopen().add(SETTING)
    (path,) = settings.runs.glob(".sweeps/*/study.log")
    path.write_bytes(content)
    with pytest.raises(
        BadRun, match=r"study\.log is damaged or foreign\. Delete this file and resume the sweep"
    ) as found:
        reopen()
    assert len(str(found.value).splitlines()) == 1
    path.unlink()
    assert reopen().settings == []


def test_a_torn_line_is_cut_off_and_the_record_goes_on(reopen: Callable[[], Study], settings: Settings) -> None:
    reopen().add(SETTING)
    (path,) = settings.runs.glob(".sweeps/*/study.log")
    with path.open("ab") as file:
        file.write(b'{"op_code":4,"worker_id":"x"')
    again = reopen()
    assert again.settings == [SETTING]
    again.add({**SETTING, "batch_size": 64})
    assert len(reopen().settings) == 2


def test_only_what_does_worse_than_half_at_the_same_epoch_is_hopeless(reopen: Callable[[], Study]) -> None:
    study = reopen()
    for number in range(1, 6):
        study.add({**SETTING, "learning_rate": 0.01 * number})
        for epoch in (1, 2):
            study.report(number, epoch, number / 10)
        assert not study.is_hopeless(number)  # too few before it
        study.end(number, Ending.DONE, number / 10)
    for loss, hopeless in ((0.31, True), (0.29, False)):
        number = study.add({**SETTING, "learning_rate": 0.05 + loss / 10})
        assert not study.is_hopeless(number)
        study.report(number, 1, loss)
        assert not study.is_hopeless(number)  # the first epoch says little
        study.report(number, 2, loss)
        assert study.is_hopeless(number) is hopeless


def test_an_epoch_is_reported_once(reopen: Callable[[], Study], settings: Settings) -> None:
    study = reopen()
    study.add(SETTING)
    study.report(1, 1, 0.5)
    (path,) = settings.runs.glob(".sweeps/*/study.log")
    size = path.stat().st_size
    study.report(1, 1, 0.4)
    assert path.stat().st_size == size


def test_tpe_comes_to_suggest_what_is_near_the_best(settings: Settings, make_plan: Callable[..., SweepPlan]) -> None:
    space = {"dropout": Range(0.0, 0.9), "optimizer": Choice(("sgd", "adam"))}
    sweep = Sweep.create(settings.runs, make_plan(method="tpe", space=space))
    study = Study(sweep, sweep.plan)
    distances = []
    for _ in range(30):
        setting = study.suggest()
        value = abs(float(setting["dropout"]) - 0.3) + (setting["optimizer"] == "sgd")
        study.end(study.add(setting), Ending.DONE, value)
        distances.append(value)
    assert sum(distances[20:]) < 0.5 * sum(distances[:10])


def test_a_disk_that_takes_no_more_is_told(reopen: Callable[[], Study], monkeypatch: pytest.MonkeyPatch) -> None:
    study = reopen()

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(NotSaved, match=r"study\.log cannot be written: No space left"):
        study.add(SETTING)
