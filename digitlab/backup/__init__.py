"""Backups: all that an installation must not lose, in one file, and its way back."""
