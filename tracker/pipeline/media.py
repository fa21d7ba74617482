"""Decide whether a response can be a web page, from its content type and its first bytes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from tracker.model.capture import Capture

_PAGES: Final = frozenset({"", "text/html", "application/xhtml+xml"})
_BEFORE: Final = rb"\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!--.{0,2000}?-->\s*)*"
_MARKUP: Final = re.compile(_BEFORE + rb"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL)
_BINARY: Final = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")
_LOOKED_AT: Final = 4_096
# In a short page, a few control characters by mistake are already more than the share below.
_SOME_BINARY: Final = 16
MAX_BINARY_SHARE: Final = 0.02
"""Share of control characters above which a body is not text; some pages have a few by mistake."""


def refusal(found: Capture) -> str:
    """Return why *found* is not a web page; empty if it may be one.

    A body that begins like HTML counts as a page whatever its content type: many servers send HTML as plain text.
    """
    start = found.body[:_LOOKED_AT]
    kind = found.header("content-type").partition(";")[0].strip().lower()
    if kind not in _PAGES and not _MARKUP.match(start):
        return f"the server sent {kind[:80]!r}, which is not a web page"
    wide = "utf-16" in found.header("content-type").lower() or start.startswith(_MARKS)
    if start and not wide and len(_BINARY.findall(start)) > max(_SOME_BINARY, MAX_BINARY_SHARE * len(start)):
        return "the server sent binary data"
    return ""
