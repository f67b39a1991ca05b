"""The parts of a report: its findings in words, its tables and pictures."""
