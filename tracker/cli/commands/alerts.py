"""`writethru alerts`: what was told to whom, and a way to try it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ..app import App, pass_app
from ..edge import ERROR, PARTIAL
from ..lazy import LazyGroup, Verb

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from tracker.model import Delivery

_SAMPLES = ["correction", "headline", "update", "silent"]


@click.group(cls=LazyGroup)
def alerts() -> None:
    """List alerts, and send one to try a target."""


@alerts.command("list", cls=Verb)
@click.option("--state", type=click.Choice(["pending", "delivered", "dead"]), help="Only these.")
@click.option("-n", "--limit", type=click.IntRange(1), default=50, help="At most so many (50).")
@pass_app
def list_(app: App, state: str | None, limit: int) -> None:
    """List deliveries, newest first: to whom, how far they came, what went wrong."""
    from tracker.model import DeliveryState
    from tracker.render.times import iso, moment

    with app.archive() as store:
        found = store.deliveries(DeliveryState(state) if state else None, limit)
    if app.out.tty and found and not app.settings.json:
        app.out.page(line for each in found for line in lines(each, app.now, app.out.width))
        return
    if not app.settings.json:
        head = ("CREATED", "STATE", "FAILED", "RULE", "TARGET", "ARTICLE", "ERROR")
        body = [
            (
                moment(each.created_at, app.now),
                str(each.state),
                str(each.attempts),
                each.rule,
                each.target,
                f"{each.article[:8]}@v{each.version}",
                each.last_error,
            )
            for each in found
        ]
        app.out.table(head, body)
        return
    for each in found:
        app.out.data(
            {
                "schema": 1,
                "id": each.key,
                "rule": each.rule,
                "target": each.target,
                "article": each.article,
                "version": each.version,
                "state": str(each.state),
                "attempts": each.attempts,
                "created": iso(each.created_at),
                "due": iso(each.due_at),
                "delivered": iso(each.delivered_at),
                "error": each.last_error,
            }
        )


def lines(each: Delivery, now: datetime, width: int) -> Iterator[str]:
    """Write one delivery for people: when, how far it came, for what and to whom; below it what went wrong."""
    from tracker.render import one_line
    from tracker.render.times import moment
    from tracker.render.wrap import pad, wrap

    head = f"{pad(moment(each.created_at, now), 12)} {each.state.value:<9} {each.article[:8]}@v{each.version}  "
    yield from wrap(f"{one_line(each.rule)} → {one_line(each.target)}", width, first=head, rest=" " * 23)
    if each.last_error:
        times = f"failed {each.attempts} time{'s' * (each.attempts != 1)}: "
        yield from wrap(times + one_line(each.last_error), width, first=f"{'':11}! ", rest=" " * 13)


@alerts.command(cls=Verb)
@click.option("--rule", metavar="NAME", help="To the targets of this rule.")
@click.option("--to", "targets", metavar="TARGET", multiple=True, help="To this target; may be repeated.")
@click.option("--sample", type=click.Choice(_SAMPLES), default="correction", help="What is told (correction).")
@pass_app
def test(app: App, rule: str | None, targets: tuple[str, ...], sample: str) -> None:
    """Send an invented change for real, to every target or those named, and say what came of it.

    Exits with 1 where no target took it, with 4 where some did not.
    """
    import asyncio

    from ..trying import send_samples, wanted

    chosen = wanted(app.config, rule, targets)
    took = asyncio.run(send_samples(app, chosen, rule or "alerts test", sample))
    if took < len(chosen):
        click.get_current_context().exit(PARTIAL if took else ERROR)
