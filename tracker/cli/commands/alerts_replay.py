"""`writethru alerts replay`: what rules would have told."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import click

from tracker.archive.versions import iter_versions

from ..app import App, pass_app
from ..lazy import Verb

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tracker.config import RuleConfig
    from tracker.model import Alert, Version


@click.command(cls=Verb)
@click.option("--since", metavar="TIME", default="7d", help="Not before: 24h, 7d, 2026-11-24 (7d).")
@click.option("--until", metavar="TIME", help="Not after; the same forms.")
@click.option("--rule", "names", metavar="NAME", multiple=True, help="Only this rule; may be repeated.")
@pass_app
def replay(app: App, since: str, until: str | None, names: tuple[str, ...]) -> None:
    """Show what rules, as the configuration has them now, would have told of stored versions; nothing is sent.

    Pages that were taken down or came back are told when it happens; they are no versions and are not replayed.
    """
    from tracker.model import VersionQuery

    from ..versions import parse_when

    rules = _rules(app, names)
    begin, end = parse_when(since, app.now), parse_when(until, app.now) if until else None
    count: Counter[str] = Counter()
    together: set[tuple[str, str]] = set()
    with app.archive() as store:
        versions = iter_versions(store, VersionQuery(since=begin, until=end, reverse=True))
        for version, alert in _told(rules, versions, app.config.service.link, first=app.config.match == "first"):
            count[alert.rule] += 1
            if alert.lane:
                together.add((alert.target, alert.lane))
            _write(app, version, alert)
    held = f", {len(together)} messages of those that wait for others" if together else ""
    said = ", ".join(f"{name}: {number}" for name, number in count.most_common())
    app.out.note(f"{sum(count.values())} alerts{held}. {said}".rstrip())
    for rule in rules:
        if rule.stale_copy is not None:
            app.out.note(
                f"rule {rule.name!r} is about stale copies, which writethru story show tells; it is not replayed"
            )
        elif not count[rule.name]:
            app.out.note(f"rule {rule.name!r} would have told nothing")


def _rules(app: App, names: tuple[str, ...]) -> list[RuleConfig]:
    from tracker.cli.lookup import unknown

    known = {rule.name: rule for rule in app.config.rules}
    for name in names:
        if name not in known:
            raise unknown("rule", name, list(known))
    return [rule for rule in app.config.rules if not names or rule.name in names]


def _told(
    rules: list[RuleConfig], versions: Iterable[Version], link: str, *, first: bool
) -> Iterator[tuple[Version, Alert]]:
    from tracker.alerts import match
    from tracker.model import LabelKind

    flapping: dict[str, bool] = {}
    for version in versions:
        flaps = version.change is not None and LabelKind.FLAP in version.change.kinds
        silent = flaps and flapping.get(version.article, False)
        flapping[version.article] = flaps
        if not silent and not version.removed:
            yield from ((version, alert) for alert in match(rules, version, None, link=link, first=first))


def _write(app: App, version: Version, alert: Alert) -> None:
    from tracker.alerts import wording
    from tracker.render import one_line
    from tracker.render.times import iso, moment

    body: dict[str, Any] = json.loads(alert.payload)
    if app.settings.json:
        value = {"rule": alert.rule, "target": alert.target, "article": alert.article, "version": alert.version}
        value |= {"seen": iso(version.seen), "due": iso(alert.due_at), "type": body["type"], "url": body["url"]}
        app.out.data({"schema": 1, **value, "headline": body["headline"], "labels": body["labels"]})
        return
    when = moment(version.seen, app.now)
    held = f", sent {moment(alert.due_at, app.now)}" if alert.due_at else ""
    text = f"{when} {alert.article[:8]}@v{alert.version}  {one_line(alert.rule)} → {one_line(alert.target)}{held}: "
    app.out.wrapped(f"{text}{wording.name(body)}: {wording.headline(body)}", rest=" " * 13)
