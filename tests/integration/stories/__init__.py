"""Stories through the service, the archive and the command line."""
