"""What takes too long for every run: ``python -m tests.nightly.NAME``; each prints figures and exits 1 where they miss."""
