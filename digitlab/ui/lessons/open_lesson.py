"""A lesson on the page: its text in a column, the live figure beside it, once the question is answered."""

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from digitlab.ui.app.address import page_file
from digitlab.ui.app.visitor import is_apart, is_teacher
from digitlab.ui.components.live_page import live_page
from digitlab.ui.components.styles import page_style
from digitlab.ui.lessons.catalogue import link_to, link_to_list
from digitlab.ui.lessons.lesson import Lesson, Link

_WAITING = "The figure stands here once you have answered the question."
_FIRST_PAGE = "draw"
"""The one that the app's bare address opens."""

lesson_layout = page_style("lessons", Path(__file__).with_name("lessons.css"))
"""Text columns that can be read, and on a phone the figure within the text; on paper only the text."""

_HELP = "Say what you expect before you look. It is not graded, and not kept."


def show_lesson(lesson: Lesson, lessons: Sequence[Lesson]) -> None:
    """The lesson; what is to be seen and why only after the answer."""
    link_to_list()
    st.title(f"{lesson.number} · {lesson.title}", anchor=False)
    with st.container(key="lesson-columns"):
        text, beside = st.columns([4, 3], gap="large")
        with text:
            with st.container(key="lesson-before"):
                _show_head(lesson)
                _show_section(lesson, "What to do")
                answer = _ask(lesson)
            if answer is not None:
                with st.container(key="lesson-after"):
                    for heading in ("What to see", "Why", "Exercise"):
                        _show_section(lesson, heading)
        with beside, st.container(key="lesson-figure"):
            if answer is None:
                st.html(f'<div class="waiting">{_WAITING}</div>')
            else:
                figure = lesson.figure
                page = "" if figure.page == _FIRST_PAGE else figure.page
                live_page(page, figure.query, figure.label, f"figure of {lesson.name}")
    _show_ways_on(lesson, lessons)


def _show_head(lesson: Lesson) -> None:
    st.markdown(f"**Goal:** {lesson.goal}")
    st.caption(f"{lesson.minutes} minutes · {lesson.audience}")


def _ask(lesson: Lesson) -> str | None:
    st.header("Before you look", anchor=False)
    answer: str | None = st.radio(
        lesson.question,
        lesson.answers,
        index=None,
        key=f"answer to {lesson.name}",
        persist_state="session",
        help=_HELP,
    )
    if answer is None:
        st.caption("Choose an answer: then you see what happens, and why.")
    return answer


def _show_section(lesson: Lesson, heading: str) -> None:
    st.header(heading, anchor=False)
    for block in lesson.blocks(heading):
        if isinstance(block, Link):
            show_page_link(block)
        else:
            st.markdown(block)


def show_page_link(link: Link) -> None:
    """A link to a page with what is chosen on it."""
    st.page_link(
        page_file(link.page),
        label=link.label,
        icon=":material/arrow_forward:",
        query_params=link.query,
        width="content",
        help="Opens the page with everything set. The browser's Back button, or Lessons on the left, leads back.",
    )


def _show_ways_on(lesson: Lesson, lessons: Sequence[Lesson]) -> None:
    st.divider()
    with st.container(horizontal=True, gap="medium"):
        following = next((one for one in lessons if one.number > lesson.number), None)
        if following is not None:
            link_to(following, f"Next: {following.title}", ":material/school:")
        link_to(lesson, "Worksheet to print", ":material/print:", "worksheet")
        if may_see_answers():
            link_to(lesson, "For the teacher", ":material/key:", "teacher")


def may_see_answers() -> bool:
    """Whether the visitor may open the teacher's page: everybody, but in a class only its teacher."""
    return not is_apart() or is_teacher()
