"""`python -m tracker`: the command line, where the script is not on the path."""

from tracker.cli.main import main

main()
