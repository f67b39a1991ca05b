"""The list of lessons, and which one is open (`?lesson=03-learning-rate`)."""

from collections.abc import Sequence
from functools import cache

import streamlit as st

from digitlab.ui.app import address
from digitlab.ui.app.address import page_file
from digitlab.ui.app.callouts import show_error
from digitlab.ui.lessons.lesson import TEXTS, BadLesson, Lesson, read_lessons

PRINTS = ("worksheet", "teacher")
"""What can be printed: the worksheet of a lesson, or its answers."""

_KEY = "lesson"
_PRINT = "print"
_LAST = "lesson that was open last"


def all_lessons() -> tuple[Sequence[Lesson], Sequence[BadLesson]]:
    """The lessons as their files are now, and what is wrong with files that are none."""
    files = tuple((file.name, file.stat().st_mtime_ns) for file in sorted(TEXTS.glob("*.md")))
    return _read(files)


@cache
def _read(_files: tuple[tuple[str, int], ...]) -> tuple[Sequence[Lesson], Sequence[BadLesson]]:
    pages = sorted(file.stem for file in page_file("lessons").parent.glob("*.py"))
    return read_lessons(TEXTS, pages)


def open_lesson(lessons: Sequence[Lesson]) -> Lesson | None:
    """The lesson that the address names."""
    known = {lesson.name: lesson for lesson in lessons}
    name = address.read(_KEY, known)
    if name is not None:
        st.session_state[_LAST] = name
    return known.get(name)


def asked_print() -> str | None:
    """What the address wants to be printed, one of PRINTS."""
    found: str | None = address.read(_PRINT, PRINTS)
    return found


def show_list(lessons: Sequence[Lesson], troubles: Sequence[BadLesson]) -> None:
    """Every lesson with goal, time and for whom; then files that are none, a line each."""
    st.markdown(
        "Guided experiments. Each has something to do, a question to answer before you look, and what is to be seen."
    )
    last = next((one for one in lessons if one.name == st.session_state.get(_LAST)), None)
    if last is not None:
        link_to(last, f"Go on with lesson {last.number}: {last.title}", ":material/undo:")
    with st.container(key="lesson-list", gap="medium"):
        for lesson in lessons:
            with st.container(gap=None):
                link_to(lesson, f"**{lesson.number} · {lesson.title}**")
                st.markdown(lesson.goal)
                st.caption(f"{lesson.minutes} minutes · {lesson.audience}")
    for trouble in troubles:
        show_error(trouble)


def link_to(lesson: Lesson, label: str, icon: str | None = None, printed: str | None = None) -> None:
    """What opens a lesson, or what of it can be printed.

    A button: Streamlit's links to the page that is open leave its address as it is.
    """
    st.button(
        label,
        key=f"open {lesson.name} {printed} {icon}",
        icon=icon,
        type="tertiary",
        on_click=_open,
        args=(lesson.name, printed),
    )


def link_to_list() -> None:
    """The way back."""
    st.button("All lessons", icon=":material/arrow_back:", type="tertiary", on_click=_open, args=(None, None))


def _open(name: str | None, printed: str | None) -> None:
    address.write_all({_KEY: name, _PRINT: printed})
