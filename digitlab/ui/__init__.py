"""The app's screen: the only package that imports streamlit."""
