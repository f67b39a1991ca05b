"""Running a part of a page again."""

import streamlit as st
from streamlit.errors import StreamlitAPIException


def rerun_fragment() -> None:
    """Run the fragment again that this is called in, or the whole page where it is the page that is running."""
    try:
        st.rerun(scope="fragment")
    except StreamlitAPIException:
        st.rerun()
