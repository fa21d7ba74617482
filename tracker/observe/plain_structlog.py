"""structlog without rich, which it would import for its own console lines: that takes a tenth of a second."""

from __future__ import annotations

import sys
from typing import Any, cast

_modules = cast("dict[str, Any]", sys.modules)
_hidden = "rich" not in _modules
if _hidden:
    _modules["rich"] = None  # to structlog it is not installed
try:
    import structlog
finally:
    if _hidden:
        del _modules["rich"]

__all__ = ["structlog"]
