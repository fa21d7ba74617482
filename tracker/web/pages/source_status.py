"""Events of whole sources: storms that hold alerts, and new page layouts without changed text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from tracker.views.source import SourceStatusView

if TYPE_CHECKING:
    from tracker.model.status import Layout, Storm

    from ..data import CachedArchive

_RECENT: Final = timedelta(days=30)


@dataclass(frozen=True)
class SourceStatus:
    """The latest storm and layout change of each source within the last 30 days, by source name."""

    now: datetime
    storms: Mapping[str, Storm] = field(default_factory=dict)
    layouts: Mapping[str, Layout] = field(default_factory=dict)

    @property
    def holding(self) -> tuple[Storm, ...]:
        """Return the storms that hold alerts."""
        return tuple(each for each in self.storms.values() if each.holds(self.now))

    def held(self, name: str) -> Storm | None:
        """Return the storm that holds the alerts of a source, or None."""
        return next((each for each in self.holding if each.source == name), None)

    def of(self, name: str) -> SourceStatusView:
        """Return what happened to one source."""
        return SourceStatusView(self.now, self.storms.get(name), self.layouts.get(name))


def get_source_status(archive: CachedArchive, now: datetime) -> SourceStatus:
    """Return the recent events of all sources."""
    from tracker.pipeline.layout import list_layouts
    from tracker.pipeline.storm import list_storms

    opened = archive.opened
    storms, layouts = archive.kept("source-status", lambda: (list_storms(opened), list_layouts(opened)))
    return SourceStatus(
        now,
        {name: each for name, each in storms.items() if now - each.until < _RECENT},
        {name: each for name, each in layouts.items() if now - each.last < _RECENT},
    )
