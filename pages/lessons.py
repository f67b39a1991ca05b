"""Guided experiments: the list of lessons, one of them, its worksheet or the teacher's page."""

import streamlit as st

from digitlab.ui.app.callouts import errors_shown
from digitlab.ui.lessons.catalogue import all_lessons, asked_print, open_lesson, show_list
from digitlab.ui.lessons.open_lesson import lesson_layout, show_lesson
from digitlab.ui.lessons.printed import show_teachers_page, show_worksheet

lessons, troubles = all_lessons()
lesson, printed = open_lesson(lessons), asked_print()
lesson_layout()
with errors_shown():
    if lesson is None:
        st.title("Lessons")
        show_list(lessons, troubles)
    elif printed == "worksheet":
        show_worksheet(lesson)
    elif printed == "teacher":
        show_teachers_page(lesson)
    else:
        show_lesson(lesson, lessons)
