"""One file a command; `tracker.cli.main` names them all."""
