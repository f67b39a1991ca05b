"""Models side by side: where they differ, and whether the difference is real."""
