"""Which of the addresses that a hub names are wanted."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracker.config import SourceConfig
    from tracker.model import Target


def wanted(source: SourceConfig, targets: Sequence[Target]) -> tuple[Target, ...]:
    """Return the targets a source's include and exclude patterns let through, at most its limit, in order."""
    include = [re.compile(pattern) for pattern in source.include]
    exclude = [re.compile(pattern) for pattern in source.exclude]
    kept = (
        target
        for target in targets
        if (not include or any(p.search(target.url) for p in include))
        and not any(p.search(target.url) for p in exclude)
    )
    return tuple(target for _, target in zip(range(source.limit), kept, strict=False))
