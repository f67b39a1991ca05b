"""The parts of the page Compare: models side by side on the same images."""
