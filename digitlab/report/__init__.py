"""A run's evaluation as one self-contained HTML page."""
