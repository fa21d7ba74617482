"""The command line. A command's module is imported when that command is called."""
