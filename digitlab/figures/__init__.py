"""Numbers to figures: pure functions, no files, no torch."""
