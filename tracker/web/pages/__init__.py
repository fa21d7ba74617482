"""Pages: each reads from the archive and makes a frozen view."""
