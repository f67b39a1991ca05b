"""Ink: drawings as pen strokes, and the files that hold them."""
