import itertools

import pytest

from digitlab.data import PartName
from digitlab.data.people import Source, deal, group_people, without_copies
from digitlab.ink.strokes import LabelledDrawing


def drawn(number: int, writer: str, donor: str = "a") -> LabelledDrawing:
    return LabelledDrawing(ink=[[[0, 0], [number, 9]]], digit=1, writer=writer, donor=donor)


def test_of_copies_the_first_is_kept_and_the_order_stays() -> None:
    drawings = [drawn(1, "x"), drawn(2, "x"), drawn(1, "y"), drawn(3, "y")]
    assert without_copies(drawings) == [drawings[0], drawings[1], drawings[3]]


def test_files_that_share_a_drawing_are_one_persons_however_long_the_chain() -> None:
    chain = [drawn(1, "a"), drawn(2, "b"), drawn(3, "c"), drawn(2, "a"), drawn(3, "b"), drawn(9, "alone")]
    people = group_people(chain)
    assert len({people[Source("a", file)] for file in "abc"}) == 1
    assert people[Source("a", "alone")] == Source("a", "alone")


def test_a_file_of_the_same_name_in_another_folder_is_the_same_persons_and_another_donors_is_not() -> None:
    people = group_people([drawn(1, "ibm/one/r7.dat"), drawn(2, "ibm/two/r7.dat"), drawn(3, "x/r7.dat", donor="b")])
    assert set(people.values()) == {Source("a", "r7"), Source("b", "r7")}


def people_of(donor: str, sizes: list[int]) -> dict[Source, int]:
    return {Source(donor, f"w{number}"): size for number, size in enumerate(sizes)}


def drawings_in(part: PartName, parts: dict[Source, PartName], sizes: dict[Source, int]) -> int:
    return sum(sizes[person] for person, where in parts.items() if where is part)


def test_every_donor_of_three_people_or_more_is_in_every_part() -> None:
    for sizes in itertools.product([5, 30, 200], repeat=3):
        assert set(deal(people_of("a", list(sizes)), 0.25).values()) == set(PartName)


def test_the_shares_are_those_asked_for() -> None:
    sizes = people_of("a", [10 + number % 13 for number in range(200)])
    parts = dict(deal(sizes, 0.25))
    total = sum(sizes.values())
    assert drawings_in(PartName.TEST, parts, sizes) / total == pytest.approx(0.15, abs=0.01)
    assert drawings_in(PartName.VALIDATION, parts, sizes) / total == pytest.approx(0.85 * 0.25, abs=0.01)


def test_the_test_part_depends_neither_on_the_validation_share_nor_on_other_donors_nor_on_the_order() -> None:
    sizes = people_of("a", [10 + number % 7 for number in range(40)])

    def tested(people: dict[Source, int], share: float) -> set[Source]:
        return {one for one, part in deal(people, share).items() if part is PartName.TEST and one.donor == "a"}

    others = people_of("b", [3, 4, 5]) | dict(reversed(sizes.items()))
    assert tested(sizes, 0.25) == tested(sizes, 0.5) == tested(others, 0.25) != set()


def test_a_single_person_is_trained_on() -> None:
    assert deal(people_of("a", [7]), 0.25) == {Source("a", "w0"): PartName.TRAIN}


def test_a_name_that_is_no_proper_text_has_a_part() -> None:
    assert set(deal({Source("a", "\ud800"): 1, Source("a", "b"): 1}, 0.25).values()) <= set(PartName)
