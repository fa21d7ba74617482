"""Shadow trees that a page declares in templates: shown to readers, so they are text like any other."""

from __future__ import annotations

import re
from typing import Final

_TEMPLATE: Final = re.compile(rb"<(/?)template\b([^>]{0,2000})>", re.IGNORECASE)
_DECLARES: Final = re.compile(rb"\sshadowroot(?:mode)?\s*=\s*[\"']?(?:open|closed)\b", re.IGNORECASE)


def unfold(page: bytes) -> bytes:
    """Return *page* with every template that is a shadow tree as a <div>; the others stay, for nobody sees them."""
    shown: list[bool] = []

    def replaced(found: re.Match[bytes]) -> bytes:
        if found[1]:
            return b"</div>" if shown and shown.pop() else found[0]
        shown.append(_DECLARES.search(found[2]) is not None)
        return b"<div%b>" % found[2] if shown[-1] else found[0]

    return _TEMPLATE.sub(replaced, page)
