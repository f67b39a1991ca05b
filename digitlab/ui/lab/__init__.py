"""The parts of the page Lab: an image disturbed by sliders, what models say, and how their accuracy falls."""
