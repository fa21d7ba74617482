"""What befell whole sources: storms that hold alerts, and redesigns that changed no word."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from tracker.model import Delivery, Layout, Storm

    from .app import App


def state(each: Delivery, now: datetime) -> str:
    """Return how far a delivery has come, as a word for people."""
    from tracker.pipeline.storm import held_source

    return "held" if held_source(each, now) else each.state.value


def known(app: App) -> tuple[dict[str, Storm], dict[str, Layout]]:
    """Return the latest storm and the latest layout change of every source that had one."""
    from tracker.errors import ArchiveError
    from tracker.pipeline.layout import list_layouts
    from tracker.pipeline.storm import list_storms

    try:
        with app.archive() as store:
            return list_storms(store), list_layouts(store)
    except ArchiveError:
        return {}, {}


def holding(app: App) -> Iterator[str]:
    """Say of which sources alerts are held, until when, and how to let them go."""
    for storm in known(app)[0].values():
        if storm.holds(app.now):
            yield _held(app, storm)


def said(app: App, names: tuple[str, ...]) -> Iterator[str]:
    """Say what befell these sources, or all."""
    from tracker.render.times import moment

    storms, layouts = known(app)
    for name, storm in storms.items():
        if storm.holds(app.now) and (not names or name in names):
            yield _held(app, storm)
    for name, layout in layouts.items():
        if not names or name in names:
            since = moment(layout.began, app.now)
            yield f"{name}: its pages are built otherwise since {since}; no word changed, so that made no versions"


def _held(app: App, storm: Storm) -> str:
    from tracker.render.times import moment

    return (
        f"{storm.source}: source changed layout? {storm.changed} of {storm.seen} articles changed at once; its alerts"
        f" are held until {moment(storm.until, app.now)}, or until: writethru alerts release {storm.source!r}"
    )
