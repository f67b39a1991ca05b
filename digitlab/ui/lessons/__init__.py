"""The parts of the page Lessons. The lessons themselves are the Markdown files in `texts/`, one each."""
