"""How often codes may be tried."""

import json
from pathlib import Path

import pytest
from filelock import FileLock

from digitlab.access import NotAllowed
from digitlab.ui.app import tries
from digitlab.ui.app.tries import Tries


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_pauses_of_a_client_grow_and_end() -> None:
    clock = Clock()
    door, pauses = Tries(clock), []
    for _ in range(20):
        door.wrong("anna")
        pauses.append(door.wait("anna"))
        clock.now += pauses[-1]
        assert door.wait("anna") == 0
    assert pauses[:4] == [0, 0, 0, 0]
    assert pauses[4:9] == [1, 2, 4, 8, 16]
    assert max(pauses) == 300


def test_one_client_does_not_close_the_door_to_another() -> None:
    door = Tries(Clock())
    for _ in range(30):
        door.wrong("anna")
    assert door.wait("anna") > 0
    assert door.wait("bo") == 0


def test_many_clients_together_wait_for_seconds_only() -> None:
    door = Tries(Clock())
    for number in range(200):
        door.wrong(f"client {number}")
    assert door.wait("bo") == 10


def test_a_right_code_forgets_the_wrong_ones_and_so_does_time() -> None:
    clock = Clock()
    door = Tries(clock)
    for _ in range(5):
        door.wrong("anna")
    door.right("anna")
    assert door.wait("anna") == 0
    for _ in range(5):
        door.wrong("bo")
    clock.now += 901
    door.wrong("bo")
    assert door.wait("bo") == 0


def test_clients_are_not_remembered_without_end() -> None:
    door = Tries(Clock())
    for number in range(tries._MOST_CLIENTS + 50):
        door.wrong(f"client {number}")
    assert len(door._clients) == tries._MOST_CLIENTS


def test_a_pupil_does_not_guess_the_teachers_code_for_ever_with_the_classs_code_in_between() -> None:
    clock = Clock()
    door, guesses, seconds = Tries(clock), 0, 600
    while clock.now < 1000 + seconds:
        for _ in range(4):
            if door.wait("anna") == 0:
                door.wrong("anna")
                guesses += 1
        if door.wait("anna") == 0:
            door.right("anna")
        clock.now += 1
    assert guesses < 60, "together they would close the door to everybody"


def test_only_so_many_new_visitors_come_from_one_client_in_an_hour() -> None:
    clock = Clock()
    door = Tries(clock)
    assert [door.wait_as_new("anna") for _ in range(tries._MOST_NEW)] == [0] * tries._MOST_NEW
    assert door.wait_as_new("anna") == 3600
    assert door.wait_as_new("bo") == 0
    clock.now += 3600
    assert door.wait_as_new("anna") == 0
    for number in range(tries._MOST_CLIENTS + 50):
        door.wait_as_new(f"client {number}")
    assert len(door._new) == tries._MOST_CLIENTS


def test_a_clock_that_is_set_back_locks_nobody_out() -> None:
    clock = Clock()
    door = Tries(clock)
    for _ in range(tries._MOST_NEW):
        door.wrong("anna")
        door.wait_as_new("anna")
    assert door.wait("anna") > 0
    clock.now -= 500
    assert door.wait("anna") == 0
    assert door.wait_as_new("anna") == 0


def test_servers_on_one_folder_count_together_and_a_restart_forgets_nothing(tmp_path: Path) -> None:
    clock = Clock()
    doors = [Tries(clock), Tries(clock)]
    for number in range(6):
        with doors[number % 2].shared(tmp_path):
            assert doors[number % 2].wait("anna") == 0 or number == 5
            doors[number % 2].wrong("anna")
    for door in [*doors, Tries(clock)]:
        with door.shared(tmp_path):
            assert door.wait("anna") == 2
            assert door.wait("bo") == 0


def test_newcomers_and_forgiven_codes_are_counted_over_all_servers(tmp_path: Path) -> None:
    clock = Clock()
    doors = [Tries(clock), Tries(clock)]
    for number in range(tries._MOST_NEW):
        with doors[number % 2].shared(tmp_path):
            assert doors[number % 2].wait_as_new("anna") == 0
    with doors[1].shared(tmp_path):
        assert doors[1].wait_as_new("anna") == 3600
        doors[1].wrong("anna")
        doors[1].right("anna")
    with doors[0].shared(tmp_path):
        assert (doors[0]._clients["anna"].wrong, doors[0]._clients["anna"].forgiven) == (0, 1)


def test_addresses_are_not_kept_longer_than_they_count(tmp_path: Path) -> None:
    clock = Clock()
    door = Tries(clock)
    with door.shared(tmp_path):
        door.wrong("anna")
        door.wait_as_new("anna")
    clock.now += 3600
    with door.shared(tmp_path):
        door.wrong("bo")
    assert "anna" not in (tmp_path / ".tries.json").read_text()


def test_who_asks_only_writes_nothing(tmp_path: Path) -> None:
    door = Tries(Clock())
    with door.shared(tmp_path):
        assert door.wait("anna") == 0
    assert not (tmp_path / ".tries.json").exists()


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"all": [1], "clients": [], "new": {}}', '{"all": "x"}'])
def test_a_damaged_file_lets_the_count_begin_anew(tmp_path: Path, content: str) -> None:
    (tmp_path / ".tries.json").write_text(content)
    door = Tries(Clock())
    with door.shared(tmp_path):
        assert door.wait("anna") == 0
        door.wrong("anna")
    assert json.loads((tmp_path / ".tries.json").read_text())["clients"]["anna"][0] == 1


def test_where_nothing_can_be_written_a_server_counts_for_itself(tmp_path: Path) -> None:
    no_folder = tmp_path / "file"
    no_folder.write_text("")
    door = Tries(Clock())
    for _ in range(6):
        with door.shared(no_folder):
            door.wrong("anna")
    with door.shared(no_folder):
        assert door.wait("anna") == 2


def test_who_finds_the_door_held_for_too_long_is_told_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tries, "_PATIENCE", 0.01)
    with FileLock(tmp_path / ".tries.lock"), pytest.raises(NotAllowed, match="Try again"), Tries().shared(tmp_path):
        pass
