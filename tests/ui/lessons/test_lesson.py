"""Lessons' files: the shipped ones, and one line for a teacher's that is not right yet."""

from pathlib import Path

import pytest

from digitlab.ui.lessons.lesson import SECTIONS, TEXTS, BadLesson, Link, read_lesson, read_lessons

PAGES = sorted(file.stem for file in (Path(__file__).parents[3] / "pages").glob("*.py"))

HEAD = """title: Mine
goal: You know it.
minutes: 10
for: From age 12
question: What is it?
answers: [One, Two]
right: 2
figure: draw?panels=steps&models=softmax
caption: What it shows.
"""
BODY = "\n".join(f"## {heading}\n\nText of {heading}.\n" for heading in SECTIONS)
LINKED = BODY.replace("Text of What to do.", "1. Do.\n   [Open it](draw?models=cnn&form=quick,name:a%20b)\n2. Look.")


def written(folder: Path, head: str = HEAD, body: str = BODY, name: str = "11-mine.md") -> Path:
    file = folder / name
    file.write_text(f"---\n{head}---\n{body}", encoding="utf-8")
    return file


def trouble(file: Path) -> str:
    with pytest.raises(BadLesson) as refused:
        read_lesson(file, PAGES)
    line = str(refused.value)
    assert line.isprintable()
    assert file.name in line
    return line


def test_the_shipped_lessons_are_right() -> None:
    lessons, troubles = read_lessons(TEXTS, PAGES)
    assert troubles == []
    assert len(lessons) >= 10
    assert [lesson.number for lesson in lessons] == sorted({lesson.number for lesson in lessons})
    assert all(10 <= lesson.minutes <= 15 for lesson in lessons)


def test_a_file_becomes_a_lesson(tmp_path: Path) -> None:
    lesson = read_lesson(written(tmp_path, body=LINKED), PAGES)
    assert (lesson.name, lesson.number, lesson.title, lesson.minutes) == ("11-mine", 11, "Mine", 10)
    assert lesson.answers[lesson.right] == "Two"
    assert lesson.figure == Link("What it shows.", "draw", {"panels": "steps", "models": "softmax"})
    link = Link("Open it", "draw", {"models": "cnn", "form": "quick,name:a b"})
    assert list(lesson.blocks("What to do")) == ["1. Do.", link, "2. Look."]


def test_one_wrong_file_leaves_the_others(tmp_path: Path) -> None:
    written(tmp_path)
    written(tmp_path, HEAD.replace("minutes: 10", "minutes: ten"), name="12-other.md")
    lessons, troubles = read_lessons(tmp_path, PAGES)
    assert [lesson.name for lesson in lessons] == ["11-mine"]
    assert [str(one) for one in troubles] == ["12-other.md: minutes is 'ten'; it must be a whole number."]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("title: Mine\n", "", "the field title is missing"),
        ("title: Mine", "title: ''", "title is ''"),
        ("title: Mine", "title: 7", "title is 7; it must be a text"),
        ("title: Mine", "title: " + "x" * 601, "title has over 600 characters"),
        ("minutes: 10", "minutes: true", "minutes is True"),
        ("minutes: 10", "minutes: 0", "minutes is 0; it must be from 1 to 90"),
        ("right: 2", "right: 3", "right is 3"),
        ("right: 2", "right: 2\nlevel: hard", "there is no field 'level'"),
        ("[One, Two]", "[One]", "answers is ['One']"),
        ("[One, Two]", "[One, One]", "the same text twice"),
        ("[One, Two]", "[1, 2]", "answers is [1, 2]"),
        ("goal: You know it.", "goal: Know: it: all", "line 3: the front matter is no YAML"),
        ("title: Mine", "title: !!python/object/apply:os.system [ls]", "the front matter is no YAML"),
        ("figure: draw?panels=steps", "figure: https://example.org", "figure is"),
        ("figure: draw", "figure: nosuch", "a page 'nosuch', which does not exist"),
    ],
)
def test_a_wrong_field_is_named(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert said in trouble(written(tmp_path, HEAD.replace(old, new)))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("## Why", "## Because", "the headings are"),
        ("Text of Why.", "", "below “Why” stands nothing"),
        ("Text of Why.", "See [Draw](draw?panels=steps) there.", "stands within a line"),
        ("Text of Why.", "[Go](nosuch?x=1)", "a page 'nosuch', which does not exist"),
        ("Text of Why.", "[Go](../../etc/passwd)", "which does not exist"),
        ("Text of Why.", "[Go](javascript:alert)", "which does not exist"),
    ],
)
def test_a_wrong_section_is_named(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert said in trouble(written(tmp_path, body=BODY.replace(old, new)))


def test_files_that_are_no_lessons_at_all_are_named(tmp_path: Path) -> None:
    (tmp_path / "13-bytes.md").write_bytes(b"\xff\xfe\x00")
    assert "UTF-8" in trouble(tmp_path / "13-bytes.md")
    (tmp_path / "14-plain.md").write_text("# Hello")
    assert "front matter is missing" in trouble(tmp_path / "14-plain.md")
    (tmp_path / "15-long.md").write_text("x" * 60_001)
    assert "over 60 kB" in trouble(tmp_path / "15-long.md")
    assert "is called by two digits" in trouble(written(tmp_path, name="mine.md"))


def test_links_to_other_places_may_stand_in_the_text(tmp_path: Path) -> None:
    body = BODY.replace("Text of Why.", "See [MNIST](https://yann.lecun.org/exdb/mnist/).")
    assert "[MNIST]" in next(iter(read_lesson(written(tmp_path, body=body), PAGES).blocks("Why")))  # type: ignore[operator]
