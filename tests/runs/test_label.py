import json
from collections.abc import Callable

import pytest

from digitlab.errors import BadRun
from digitlab.runs.label import Label, describe_run, read_label, rename_run, title_of
from digitlab.runs.run import Run

MakeRun = Callable[..., Run]


@pytest.mark.parametrize("name", ["", "   ", "x" * 81, "two\nlines", "null\0"])
def test_a_name_that_nobody_can_read_is_refused(name: str, make_run: MakeRun) -> None:
    run = make_run(name="before")
    with pytest.raises(BadRun, match=r"A run cannot be called .* Use 1 to 80 printable characters"):
        rename_run(run, name)
    assert read_label(run) == Label("before")


@pytest.mark.parametrize(
    ("notes", "tags", "words"),
    [
        ("x" * 2001, [], "2,001 characters"),
        ("", ["a,b"], "is not a tag"),
        ("", ["x" * 31], "is not a tag"),
        ("", ["a\nb"], "is not a tag"),
        ("", [str(number) for number in range(9)], "9 tags are too many"),
    ],
)
def test_notes_and_tags_that_are_too_much_are_refused(
    make_run: MakeRun, notes: str, tags: list[str], words: str
) -> None:
    run = make_run()
    with pytest.raises(BadRun, match=words):
        describe_run(run, notes, tags)
    assert read_label(run).notes == ""


@pytest.mark.parametrize(
    "saved",
    [
        {"notes": "x" * 2001},
        {"notes": "a\x00b"},
        {"tags": ["y" * 31]},
        {"tags": ["y"] * 9},
        {"tags": "y"},
        {"tags": [7]},
    ],
)
def test_notes_and_tags_that_no_label_holds_are_a_bad_run(saved: dict[str, object], make_run: MakeRun) -> None:
    run = make_run()
    (run.folder / "label.json").write_text(json.dumps({"name": "a", **saved}))
    with pytest.raises(BadRun, match=r"label\.json is damaged or foreign: (notes|tags)"):
        read_label(run)


def test_notes_may_have_several_lines(make_run: MakeRun) -> None:
    run = make_run()
    describe_run(run, "one\ntwo", ["tag"])
    assert (read_label(run).notes, read_label(run).tags) == ("one\ntwo", ("tag",))


@pytest.mark.parametrize("content", ["", "{", "[]", "\0"])
def test_a_damaged_label_is_a_bad_run(content: str, make_run: MakeRun) -> None:
    run = make_run()
    (run.folder / "label.json").write_text(content)
    for read in (read_label, title_of):
        with pytest.raises(BadRun, match=r"label\.json is damaged"):
            read(run)
