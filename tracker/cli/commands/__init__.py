"""One file per command, or for a few that belong together; `tracker.cli.main` lists them all."""
