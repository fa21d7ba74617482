"""Declarative shadow DOM: templates that browsers show to readers, so that their text is text like any other.

Source: https://html.spec.whatwg.org/multipage/scripting.html#attr-template-shadowrootmode.
"""

from __future__ import annotations

import re
from typing import Final

_TEMPLATE: Final = re.compile(rb"<(/?)template\b([^>]{0,2000})>", re.IGNORECASE)
_DECLARES_SHADOW_ROOT: Final = re.compile(rb"\sshadowroot(?:mode)?\s*=\s*[\"']?(?:open|closed)\b", re.IGNORECASE)


def unfold(page: bytes) -> bytes:
    """Return `page` with a <div> for every template that is a shadow root; other templates are shown to nobody."""
    is_shadow_root: list[bool] = []  # of the templates that are open here, outermost first

    def replacement(found: re.Match[bytes]) -> bytes:
        if found[1]:
            return b"</div>" if is_shadow_root and is_shadow_root.pop() else found[0]
        is_shadow_root.append(_DECLARES_SHADOW_ROOT.search(found[2]) is not None)
        return b"<div%b>" % found[2] if is_shadow_root[-1] else found[0]

    return _TEMPLATE.sub(replacement, page)
