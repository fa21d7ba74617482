"""The command line: a thin shell. Nothing here is imported before the command that needs it."""
