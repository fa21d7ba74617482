"""Exports from the archive in formats that other programs read, and imports into it.

Each format has its own module. A writer streams the versions that an `export.Job` selects and reports its progress
through a callback. Imports are idempotent: run one again to continue after an interruption.
"""
