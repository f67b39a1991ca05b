"""`python -m digitlab …`: the command line."""

from digitlab.cli.main import main

if __name__ == "__main__":
    main(prog_name="digitlab")
