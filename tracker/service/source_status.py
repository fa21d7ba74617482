"""Recent events of whole sources: storms that hold alerts, and new page layouts without changed text."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from tracker.archive.archive import Archive
from tracker.archive.sources import list_layouts, list_storms
from tracker.model.source import Layout, Storm
from tracker.render.times import moment
from tracker.views.source import SourceStatusView

RECENT: Final = timedelta(days=30)


@dataclass(frozen=True)
class SourceStatus:
    """The latest storm and layout change of each source within the last 30 days before `now`, by source name."""

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
        return SourceStatusView.of(self.now, self.storms.get(name), self.layouts.get(name))

    def held_lines(self, names: Collection[str] = ()) -> Iterator[str]:
        """Yield a line for each of the named sources, or of all, whose alerts are held."""
        for storm in self.holding:
            if not names or storm.source in names:
                yield (
                    f"{storm.source}: {storm.changed} of {storm.seen} articles changed at once, perhaps with a new"
                    f" layout; alerts are held until {moment(storm.until, self.now)}. To send them now: writethru"
                    f" alerts release {storm.source!r}"
                )

    def lines(self, names: Collection[str] = ()) -> Iterator[str]:
        """Yield a line for each event of the named sources, or of all: held alerts, then new page layouts."""
        yield from self.held_lines(names)
        for name, layout in self.layouts.items():
            if not names or name in names:
                since = moment(layout.began, self.now)
                yield f"{name}: new page layout since {since}; the text did not change, so there are no new versions"


def source_events(archive: Archive) -> tuple[Mapping[str, Storm], Mapping[str, Layout]]:
    """Return the latest storm and the latest layout change of every source that ever had one."""
    return list_storms(archive), list_layouts(archive)


def recent_status(events: tuple[Mapping[str, Storm], Mapping[str, Layout]], now: datetime) -> SourceStatus:
    """Return the recent ones of the events that `source_events` found."""
    storms, layouts = events
    return SourceStatus(
        now,
        {name: each for name, each in storms.items() if now - each.until < RECENT},
        {name: each for name, each in layouts.items() if now - each.last < RECENT},
    )
