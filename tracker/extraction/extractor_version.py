"""The version of the extractor, for those that compare it and extract nothing."""

from __future__ import annotations

from typing import Final

EXTRACTOR: Final = "19"
"""Increase it when the same page may read differently: stored pages are read again."""
