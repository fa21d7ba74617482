"""Events of whole sources: storms that hold alerts, and new page layouts without changed text."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from tracker.errors import ArchiveError
from tracker.render.times import moment

if TYPE_CHECKING:
    from tracker.model.alert import Delivery
    from tracker.model.status import Layout, Storm

    from .app import App


def state(each: Delivery, now: datetime) -> str:
    """Return the state of a delivery in one word: "held", or the name of its state."""
    from tracker.pipeline.storm import held_source

    return "held" if held_source(each, now) else each.state.value


def known(app: App) -> tuple[dict[str, Storm], dict[str, Layout]]:
    """Return the latest storm and the latest layout change of every source that had one."""
    from tracker.pipeline.layout import list_layouts
    from tracker.pipeline.storm import list_storms

    try:
        with app.archive() as store:
            return list_storms(store), list_layouts(store)
    except ArchiveError:
        return {}, {}


def messages(app: App, names: tuple[str, ...] = (), *, with_layouts: bool = True) -> Iterator[str]:
    """Yield a line for each recent event of the named sources, or of all: held alerts, then new page layouts."""
    storms, layouts = known(app)
    for name, storm in storms.items():
        if storm.holds(app.now) and (not names or name in names):
            yield _held(app, storm)
    for name, layout in layouts.items() if with_layouts else ():
        if not names or name in names:
            since = moment(layout.began, app.now)
            yield f"{name}: new page layout since {since}; the text did not change, so there are no new versions"


def _held(app: App, storm: Storm) -> str:
    return (
        f"{storm.source}: {storm.changed} of {storm.seen} articles changed at once, perhaps because of a new layout;"
        f" alerts are held until {moment(storm.until, app.now)}. To send them now: writethru alerts release"
        f" {storm.source!r}"
    )
