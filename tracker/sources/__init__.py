"""Where article addresses come from: feeds, sitemaps and section pages, read from bytes, without network or clock."""

from __future__ import annotations

from .names import name_for
from .reading import read, read_listing
from .recognise import recognise

__all__ = ["name_for", "read", "read_listing", "recognise"]
