"""A lesson: a Markdown file with front matter, checked, so that a teacher can add one without code.

    ---
    title: What a weight means
    goal: You can say what one weight of a softmax regression does.
    minutes: 10
    for: From age 14
    question: Which ink speaks against a 0?
    answers: [Ink at the top, Ink in the middle]
    right: 2
    figure: inside?model=softmax
    caption: The weight images of the shipped softmax regression.
    ---
    ## What to do
    1. Look at the image of a 0.
       [Open a 0 on Draw](draw?models=softmax)
    ## What to see
    ## Why
    ## Exercise
    ## For the teacher

A link to a page of the app stands alone on its line, and says what is chosen there as the page's own address does.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

import yaml

from digitlab.errors import DigitlabError
from digitlab.formats import printable, short

SECTIONS = ("What to do", "What to see", "Why", "Exercise", "For the teacher")
"""The headings of a lesson, all of them, in this order."""

TEXTS = Path(__file__).parent / "texts"

_FIELDS: Mapping[str, type] = {
    "title": str,
    "goal": str,
    "minutes": int,
    "for": str,
    "question": str,
    "answers": list,
    "right": int,
    "figure": str,
    "caption": str,
}
_LARGEST = 60_000
_MOST_ANSWERS = 6
_LONGEST = 600
_FILE = re.compile(r"[0-9]{2}-[a-z0-9-]{1,60}")
_PARTS = re.compile(r"---\n(?P<head>.*?)\n---\n(?P<body>.*)", re.DOTALL)
_LINK_LINE = re.compile(r"\s*\[(?P<label>[^\]\n]+)\]\((?P<target>[^)\s]+)\)\s*")
_ANY_LINK = re.compile(r"\]\(\s*<?(?P<target>[^)\s>]*)")
_TARGET = re.compile(r"(?P<page>[a-z]+)(?:\?(?P<query>[^#]*))?")
_ELSEWHERE = ("https://", "http://")


class BadLesson(DigitlabError):
    """A lesson's file that cannot be shown as it is."""


class Link(NamedTuple):
    """A page of the app with what is chosen on it. label: for people."""

    label: str
    page: str
    query: Mapping[str, str]


@dataclass(frozen=True)
class Lesson:
    """name: its file's, without the ending; lessons are in this order. audience: for whom. right: the index of the
    fitting answer. figure: the page that is shown beside the text. sections: heading → Markdown."""

    name: str
    title: str
    goal: str
    minutes: int
    audience: str
    question: str
    answers: Sequence[str]
    right: int
    figure: Link
    sections: Mapping[str, str]

    @property
    def number(self) -> int:
        """Its place among the lessons."""
        return int(self.name[:2])

    def blocks(self, section: str) -> Iterator[str | Link]:
        """A section as Markdown and links to pages, in their order."""
        text: list[str] = []
        for line in self.sections[section].splitlines():
            link = _LINK_LINE.fullmatch(line)
            if link is None or link["target"].startswith(_ELSEWHERE):
                text.append(line)
                continue
            if "".join(text).strip():
                yield "\n".join(text).strip("\n")
            text = []
            yield _link(link["label"], link["target"])
        if "".join(text).strip():
            yield "\n".join(text).strip("\n")


def read_lessons(folder: Path, pages: Sequence[str]) -> tuple[list[Lesson], list[BadLesson]]:
    """The lessons of a folder in their order, and what is wrong with files that are none.

    pages: the names of the app's pages, to which links may lead.
    """
    lessons, troubles = [], []
    for file in sorted(folder.glob("*.md")):
        try:
            lessons.append(read_lesson(file, pages))
        except BadLesson as trouble:
            troubles.append(trouble)
    return lessons, troubles


def read_lesson(file: Path, pages: Sequence[str]) -> Lesson:
    """Raises BadLesson, naming the file and the field or section, when the file is no lesson."""
    where = printable(file.name)
    if not _FILE.fullmatch(file.stem):
        raise BadLesson(f"{where}: a lesson's file is called by two digits and lower-case words, such as 11-my-own.md.")
    try:
        if file.stat().st_size > _LARGEST:
            raise BadLesson(f"{where}: the file has over {_LARGEST // 1000} kB. Make it shorter.")
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadLesson(f"{where} cannot be read as text in UTF-8. Save it so.") from error
    parts = _PARTS.fullmatch(text.replace("\r\n", "\n"))
    if parts is None:
        raise BadLesson(f"{where}: the front matter is missing. Begin the file with a line ---, and end it by another.")
    fields = _fields(parts["head"], where)
    sections = _sections(parts["body"], where)
    lesson = Lesson(
        name=file.stem,
        audience=fields["for"],
        right=fields["right"] - 1,
        figure=_link(fields["caption"], fields["figure"]),
        sections=sections,
        **{name: fields[name] for name in ("title", "goal", "minutes", "question", "answers")},
    )
    _check_links(lesson, pages, where)
    return lesson


def _fields(head: str, where: str) -> dict[str, Any]:
    try:
        fields = yaml.safe_load(head)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        line = getattr(getattr(error, "problem_mark", None), "line", None)
        at = "" if line is None else f", line {line + 2}"
        raise BadLesson(
            f"{where}{at}: the front matter is no YAML. Write a field a line, such as minutes: 10; put a text that "
            "holds a colon between quotes."
        ) from error
    if not isinstance(fields, dict):
        raise BadLesson(f"{where}: the front matter has no fields. Write one a line, such as minutes: 10.")
    for name, kind in _FIELDS.items():
        if name not in fields:
            raise BadLesson(f"{where}: the field {name} is missing.")
        if not isinstance(fields[name], kind) or isinstance(fields[name], bool) or fields[name] in ("", []):
            words = {str: "a text", int: "a whole number", list: "a list of texts"}[kind]
            raise BadLesson(f"{where}: {name} is {short(fields[name])}; it must be {words}.")
        if isinstance(fields[name], str) and len(fields[name]) > _LONGEST:
            raise BadLesson(f"{where}: {name} has over {_LONGEST} characters. Make it shorter.")
    if unknown := [str(name) for name in fields if name not in _FIELDS]:
        raise BadLesson(f"{where}: there is no field {short(unknown[0])}. The fields are {', '.join(_FIELDS)}.")
    _check_values(fields, where)
    return fields


def _check_values(fields: Mapping[str, Any], where: str) -> None:
    answers = fields["answers"]
    if not 2 <= len(answers) <= _MOST_ANSWERS or not all(isinstance(one, str) and one for one in answers):
        raise BadLesson(f"{where}: answers is {short(answers)}; it must be 2 to {_MOST_ANSWERS} texts.")
    if len(set(answers)) < len(answers):
        raise BadLesson(f"{where}: answers has the same text twice.")
    if not 1 <= fields["right"] <= len(answers):
        raise BadLesson(f"{where}: right is {fields['right']}; it must be the number of an answer, from 1 on.")
    if not 1 <= fields["minutes"] <= 90:
        raise BadLesson(f"{where}: minutes is {fields['minutes']}; it must be from 1 to 90.")
    if not _TARGET.fullmatch(fields["figure"]):
        raise BadLesson(f"{where}: figure is {short(fields['figure'])}; it must be a page, such as draw?panels=steps.")


def _sections(body: str, where: str) -> dict[str, str]:
    parts = re.split(r"^## +(.+?) *$", body, flags=re.MULTILINE)
    headings = [printable(heading) for heading in parts[1::2]]
    if parts[0].strip() or tuple(headings) != SECTIONS:
        raise BadLesson(
            f"{where}: the headings are {short(', '.join(headings))}; they must be these, each after ##: "
            f"{', '.join(SECTIONS)}."
        )
    sections = {heading: text.strip("\n") for heading, text in zip(headings, parts[2::2], strict=True)}
    for heading, text in sections.items():
        if not text.strip():
            raise BadLesson(f"{where}: below “{heading}” stands nothing.")
    return sections


def _check_links(lesson: Lesson, pages: Sequence[str], where: str) -> None:
    links = [lesson.figure]
    for heading in SECTIONS:
        for block in lesson.blocks(heading):
            if isinstance(block, Link):
                links.append(block)
                continue
            for inside in _ANY_LINK.finditer(block):
                if not inside["target"].startswith(_ELSEWHERE):
                    raise BadLesson(
                        f"{where}: the link to {short(inside['target'])} below “{heading}” stands within a line. A "
                        "link to a page stands alone on its line."
                    )
    for link in links:
        if link.page not in pages:
            raise BadLesson(
                f"{where}: a link leads to a page {short(link.page)}, which does not exist. The pages are "
                f"{', '.join(pages)}."
            )


def _link(label: str, target: str) -> Link:
    """A link's target; one that is no page's address has an empty page, or one that does not exist."""
    parts = _TARGET.fullmatch(target)
    if parts is None:
        return Link(label, printable(target), {})
    return Link(label, parts["page"], dict(parse_qsl(parts["query"] or "", keep_blank_values=True)))
