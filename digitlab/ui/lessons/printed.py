"""What a lesson gives on paper: a worksheet with lines to write on, or the teacher's page with the answers."""

import streamlit as st

from digitlab.access import NotAllowed
from digitlab.ui.components.print_button import print_button
from digitlab.ui.lessons.catalogue import link_to
from digitlab.ui.lessons.lesson import Lesson, Link
from digitlab.ui.lessons.open_lesson import may_see_answers

_LINES = '<div class="lines" aria-label="Lines to write on" role="img">' + "<i></i>" * 4 + "</div>"


def show_worksheet(lesson: Lesson) -> None:
    """Goal, steps, question and exercise, without what is to be seen; to be filled in by hand."""
    _show_head(lesson, "Worksheet")
    st.html('<p class="name">Name: <i></i> Date: <i></i></p>')
    st.markdown(f"**Goal:** {lesson.goal}")
    st.header("What to do", anchor=False)
    _show_text(lesson, "What to do")
    st.header("Before you look", anchor=False)
    st.markdown(lesson.question)
    st.markdown("  \n".join(f"☐ {answer}" for answer in lesson.answers))
    for heading in ("What I saw", "Why"):
        st.header(heading, anchor=False)
        st.html(_LINES)
    st.header("Exercise", anchor=False)
    _show_text(lesson, "Exercise")
    st.html(_LINES)


def show_teachers_page(lesson: Lesson) -> None:
    """Everything, with the fitting answer and the exercise's solution. Raises NotAllowed for a pupil of a class."""
    if not may_see_answers():
        raise NotAllowed("The teacher's page has the answers, so only the teacher of this class may open it.")
    _show_head(lesson, "For the teacher")
    st.caption(f"{lesson.minutes} minutes · {lesson.audience}")
    st.markdown(f"**Goal:** {lesson.goal}")
    st.header("Question", anchor=False)
    st.markdown(lesson.question)
    st.markdown(
        "  \n".join(
            f"☑ **{answer}** (the fitting answer)" if index == lesson.right else f"☐ {answer}"
            for index, answer in enumerate(lesson.answers)
        )
    )
    for heading in ("What to see", "Why", "Exercise", "For the teacher"):
        st.header("Answers and hints" if heading == "For the teacher" else heading, anchor=False)
        _show_text(lesson, heading)


def _show_head(lesson: Lesson, kind: str) -> None:
    with st.container(key="on-screen-only", horizontal=True, vertical_alignment="center"):
        link_to(lesson, "Back to the lesson", ":material/arrow_back:")
        print_button()
    st.caption(f"digitlab · {kind}")
    st.title(f"{lesson.number} · {lesson.title}", anchor=False)


def _show_text(lesson: Lesson, heading: str) -> None:
    for block in lesson.blocks(heading):
        if isinstance(block, Link):
            st.caption(f"→ {block.label}")
        else:
            st.markdown(block)
