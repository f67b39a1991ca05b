"""What looks after the project itself; called by the Makefile."""
