"""Events of whole sources: storms that hold alerts, and new page layouts without changed text."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from tracker.render.times import moment
from tracker.views.source import SourceStatusView

if TYPE_CHECKING:
    from tracker.archive.archive import Archive
    from tracker.model.alert import Delivery
    from tracker.model.status import Layout, SourceSummary, Storm


def state(each: Delivery, now: datetime) -> str:
    """Return the state of a delivery in one word: "held", or the name of its state."""
    from tracker.pipeline.storm import held_source

    return "held" if held_source(each, now) else each.state.value


@dataclass(frozen=True)
class SourceEvents:
    """The latest storm and the latest layout change of every source that had one, by the source's name."""

    storms: Mapping[str, Storm] = field(default_factory=dict)
    layouts: Mapping[str, Layout] = field(default_factory=dict)

    def of(self, name: str, now: datetime, summary: SourceSummary | None = None) -> SourceStatusView:
        """Return what happened to one source."""
        return SourceStatusView(now, self.storms.get(name), self.layouts.get(name), summary)

    def messages(self, now: datetime, names: Collection[str] = ()) -> Iterator[str]:
        """Yield a line for each event of the named sources, or of all: held alerts, then new page layouts."""
        yield from self.held(now, names)
        for name, layout in self.layouts.items():
            if not names or name in names:
                since = moment(layout.began, now)
                yield f"{name}: new page layout since {since}; the text did not change, so there are no new versions"

    def held(self, now: datetime, names: Collection[str] = ()) -> Iterator[str]:
        """Yield a line for each of the named sources, or of all, whose alerts are held."""
        for name, storm in self.storms.items():
            if storm.holds(now) and (not names or name in names):
                yield (
                    f"{name}: {storm.changed} of {storm.seen} articles changed at once, perhaps with a new layout;"
                    f" alerts are held until {moment(storm.until, now)}. To send them now: writethru alerts release"
                    f" {name!r}"
                )


def source_events(store: Archive) -> SourceEvents:
    """Return the events of all sources."""
    from tracker.pipeline.layout import list_layouts
    from tracker.pipeline.storm import list_storms

    return SourceEvents(list_storms(store), list_layouts(store))
