"""httpx without its own command line, whose import of rich and pygments takes a tenth of a second."""

from __future__ import annotations

import sys
from typing import Any, cast

# None: it cannot be imported, as where httpx[cli] is not installed.
cast("dict[str, Any]", sys.modules).setdefault("httpx._main", None)

import httpx  # noqa: E402 - httpx looks for it at once

__all__ = ["httpx"]
