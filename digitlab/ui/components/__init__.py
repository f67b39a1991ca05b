"""Components of our own, each with its JavaScript and style sheet, and the third-party canvas."""
