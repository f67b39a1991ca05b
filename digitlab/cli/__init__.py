"""The command line: the library's services, from a terminal.

Progress goes to standard error, results to standard output. Exit code 0, or 2 with one line on standard error.
"""
