"""Who may do what: the rules, without a server."""

import pytest

from digitlab.access import (
    OWNER,
    NotAllowed,
    Quotas,
    Role,
    Visitor,
    check_change,
    check_drawings,
    check_room,
    check_turn,
    is_visitor_id,
    may_change,
    may_see_drawings,
    new_visitor_id,
)

ANNA, BO = Visitor(Role.PUPIL, "a" * 32), Visitor(Role.PUPIL, "b" * 32)
TEACHER = Visitor(Role.TEACHER, "c" * 32)


@pytest.mark.parametrize(
    ("visitor", "hand", "allowed"),
    [
        (OWNER, "", True),
        (OWNER, ANNA.hand, True),
        (TEACHER, "", True),
        (TEACHER, ANNA.hand, True),
        (ANNA, ANNA.hand, True),
        (ANNA, BO.hand, False),
        (ANNA, "", False),
        (Visitor(Role.PUPIL, ""), "", False),
    ],
)
def test_a_pupil_changes_only_what_is_theirs(visitor: Visitor, hand: str, allowed: bool) -> None:
    assert may_change(visitor, hand) is allowed
    assert may_see_drawings(visitor, hand) is allowed
    if not allowed:
        with pytest.raises(NotAllowed, match="belongs to somebody else"):
            check_change(visitor, hand, "This run")


def test_what_a_teacher_makes_is_the_installations() -> None:
    assert (TEACHER.hand, OWNER.hand, ANNA.hand) == ("", "", ANNA.id)


@pytest.mark.parametrize("visitor", [OWNER, TEACHER])
def test_only_pupils_have_quotas(visitor: Visitor) -> None:
    quotas = Quotas(runs=1, all_runs=1, drawings=1)
    check_turn(visitor, 99, quotas)
    check_room(visitor, 99, quotas)
    check_drawings(visitor, 99, 99, quotas)


def test_a_pupil_has_so_many_runs_and_drawings_and_no_more() -> None:
    quotas = Quotas(runs=2, all_runs=3, drawings=4)
    check_turn(ANNA, 1, quotas)
    check_room(ANNA, 2, quotas)
    check_drawings(ANNA, 3, 1, quotas)
    with pytest.raises(NotAllowed, match="You have 2 unfinished runs; each pupil may have 2 at a time"):
        check_turn(ANNA, 2, quotas)
    with pytest.raises(NotAllowed, match="You have 3 runs"):
        check_room(ANNA, 3, quotas)
    with pytest.raises(NotAllowed, match="You have 4 drawings"):
        check_drawings(ANNA, 4, 1, quotas)


@pytest.mark.parametrize("text", ["", "a" * 31, "A" * 32, "../" + "a" * 29, "a" * 32 + "\n", "g" * 32])
def test_anything_but_an_id_names_no_visitor(text: str) -> None:
    assert not is_visitor_id(text)
    assert is_visitor_id(new_visitor_id())
