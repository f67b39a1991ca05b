"""The scale of signed values on a dark page: the hues of `figures.signed`, a dark middle and bright ends."""

BURD_ON_DARK = ("#92C5DE", "#4393C3", "#2166AC", "#1F3A5C", "#20232F", "#5E2227", "#B2182B", "#D6604D", "#F4A582")
"""From the most negative to the most positive value."""
