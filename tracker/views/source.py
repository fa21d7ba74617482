"""A source, and each list or single article it is read from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from .values import SCHEMA, JsonObject, fields_json, iso

if TYPE_CHECKING:
    from tracker.model.hub_poll import HubState
    from tracker.model.layout import Layout
    from tracker.model.source_summary import SourceSummary
    from tracker.model.storm import Storm


@dataclass(frozen=True, slots=True)
class SourceStatusView:
    """What happened to a source as a whole, at `now`: the latest storm and the latest change of layout, if any.

    With a `summary`, it also says how many articles fail or are overdue, and why.
    """

    now: datetime
    storm: Storm | None = None
    layout: Layout | None = None
    summary: SourceSummary | None = None

    def as_json(self) -> JsonObject:
        """Return until when alerts are held (null if they are not), the storm, and since when the layout is another."""
        storm = self.storm
        return {
            "held_until": iso(storm.until) if storm is not None and storm.holds(self.now) else None,
            "storm": None
            if storm is None
            else {"began": iso(storm.began), "changed": storm.changed, "seen": storm.seen},
            "layout_changed": None if self.layout is None else iso(self.layout.began),
            **({} if self.summary is None else _health(self.summary)),
        }


def _health(one: SourceSummary) -> JsonObject:
    return {
        "source_articles": one.articles,
        "source_versions": one.versions,
        "source_failing": one.failing,
        "source_overdue": one.overdue,
        "source_last_ok": iso(one.last_ok),
        "source_next_visit": iso(one.next_visit),
        "source_error": one.error,
    }


@dataclass(frozen=True, slots=True)
class SourceView:
    """A source with counts of its articles and lists."""

    source: SourceSummary
    status: SourceStatusView

    def as_json(self) -> JsonObject:
        """Return the source; "failing" and "hubs_failing" count what could not be read at the last visit."""
        return {"schema": SCHEMA, **fields_json(self.source), **self.status.as_json()}


@dataclass(frozen=True, slots=True)
class HubView:
    """A feed, sitemap, section page or single article of a source: the object of `sources list --json`.

    `kind` is that of the hub, or "article".
    """

    state: HubState
    kind: str
    paused: bool
    status: SourceStatusView

    def as_json(self) -> JsonObject:
        """Return when it was last read without an error, when it is read next, and what went wrong."""
        state = self.state
        # What holds for the whole source is on each line: a program may read only some of them.
        return {
            "schema": SCHEMA,
            "source": state.hub.source,
            "kind": self.kind,
            "url": state.hub.url,
            "paused": self.paused,
            "last_ok": iso(state.last_ok_at),
            "next": iso(state.next_poll_at),
            "failures": state.failures,
            "articles": state.articles,
            "error": state.last_error,
            **self.status.as_json(),
        }
