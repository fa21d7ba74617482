"""One file per command; `tracker.cli.main` lists them all."""
