"""Filter the URLs that a hub lists."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tracker import patterns

if TYPE_CHECKING:
    from tracker.config import SourceConfig
    from tracker.model.source import Target


def wanted(source: SourceConfig, targets: Sequence[Target]) -> tuple[Target, ...]:
    """Return the targets that pass a source's include and exclude patterns, in order, at most its limit."""
    kept = (
        target
        for target in targets
        if (not source.include or any(patterns.found(each, target.url) for each in source.include))
        and not any(patterns.found(each, target.url) for each in source.exclude)
    )
    return tuple(target for _, target in zip(range(source.limit), kept, strict=False))
