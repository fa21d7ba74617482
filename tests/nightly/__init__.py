"""Tests too long for every run: ``python -m tests.nightly.NAME`` prints figures and exits with 1 if one is missed."""
