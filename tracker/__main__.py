"""`python -m tracker`: the command line, where the script is not on the path."""

from tracker.cli.start import main

main()
