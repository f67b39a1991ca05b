"""How often codes may be tried."""

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
