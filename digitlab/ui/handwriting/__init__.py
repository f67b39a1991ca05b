"""The parts of the page My handwriting: what the user drew and labelled, and how well models read it."""
