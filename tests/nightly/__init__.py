"""What takes too long for every run: ``python -m tests.nightly.NAME`` prints figures and exits 1 where one misses."""
