"""Scores to numbers, all computed by scikit-learn and SciPy: what the figures, the pages and the report show."""
