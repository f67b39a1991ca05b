"""What the field's terms on a page mean: a folded list at its foot, taken from the glossary."""

import streamlit as st

from digitlab.glossary import glossary


def explain_terms(*terms: str) -> None:
    """Show the terms with their whole entries, in the given order. Raises KeyError for one that has none."""
    entries = glossary()
    with st.expander("What the terms mean", icon=":material/menu_book:"):
        st.markdown("\n\n".join(f"**{term}**: {entries[term]}" for term in terms))
