"""`writethru sources rules`: show the rules and the learned boilerplate of a source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from tracker.archive.articles import list_articles
from tracker.archive.habits import list_habits
from tracker.archive.sources import list_sources
from tracker.cli.lookup import unknown
from tracker.errors import ArchiveError
from tracker.model import Habit, HabitKind
from tracker.render.safe import one_line
from tracker.render.times import day, iso
from tracker.render.wrap import wrap
from tracker.urls import hostname_of
from tracker.views.values import SCHEMA

from ..app import App, verb

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

HEAD = ("KIND", "RULE OR LINE", "ARTICLES", "LEARNED", "FILE")
_TITLES = {
    HabitKind.HOUSE: "house lines: found in many articles",
    HabitKind.VOLATILE: "volatile lines: different at every fetch",
}


@verb()
@click.argument("name")
def rules(app: App, name: str) -> None:
    """Show which rules from sites/*.toml apply to a source, and which lines were learned to be boilerplate.

    A house line appears in many articles; a volatile line differs at every fetch. Neither counts as a change.
    """
    hosts, habits = _known(app, name)
    by_hand = _by_hand(app, sorted(hosts))
    if app.settings.json:
        for value in as_json(name, by_hand, habits):
            app.out.data(value)
    elif app.out.tty:
        app.out.page(lines(name, by_hand, habits, app.out.columns))
    else:
        app.out.table(HEAD, rows(by_hand, habits))


@dataclass(frozen=True, slots=True)
class RuleFile:
    """The rules of one file, for the hosts of the source that it names, as (key, value)."""

    file: str
    hosts: tuple[str, ...]
    entries: tuple[tuple[str, str], ...]


def rows(rules: Sequence[RuleFile], habits: Sequence[Habit]) -> Iterator[tuple[str, ...]]:
    """Yield a row for each rule and each learned line: kind, rule or line, articles, day learned, file."""
    for each in rules:
        yield from ((key, value, "", "", each.file) for key, value in each.entries)
    for habit in habits:
        learned = f"{habit.learned_at:%Y-%m-%d}" if habit.learned_at else ""
        yield habit.kind.value, habit.sample, str(habit.articles), learned, ""


def lines(source: str, rules: Sequence[RuleFile], habits: Sequence[Habit], width: int | None) -> Iterator[str]:
    """Yield the rules and learned lines for people, in lines of at most *width* columns."""
    yield one_line(source)
    yield ""
    for each in rules:
        yield from wrap(
            f"rules from {one_line(each.file)}, for {', '.join(map(one_line, each.hosts))}", width, rest="  "
        )
        for key, value in each.entries:
            yield from wrap(one_line(value), width, first=f"  {key:<11} ", rest=" " * 14)
        yield ""
    if not rules:
        none = "no rule files; run `writethru sources test URL --save-rule KEY=VALUE` to write one"
        yield from wrap(none, width, rest="  ")
        yield ""
    # Both kinds are listed, so that it is clear that nothing was learned.
    for kind, title in _TITLES.items():
        found = [habit for habit in habits if habit.kind is kind]
        yield from wrap(title if found else f"no {title.partition(':')[0]} learned yet", width, rest="  ")
        for habit in found:
            learned = f", learned on {day(habit.learned_at)}" if habit.learned_at else ""
            seen = f"{habit.articles} article{'s' * (habit.articles != 1)}"
            yield from wrap(f"“{one_line(habit.sample)}” ({seen}{learned})", width, first="  ", rest="    ")


def as_json(source: str, rules: Sequence[RuleFile], habits: Sequence[Habit]) -> Iterator[dict[str, Any]]:
    """Yield the objects of `sources rules --json`."""
    for each in rules:
        for key, value in each.entries:
            of: dict[str, Any] = {"schema": SCHEMA, "source": source, "origin": "file", "kind": key, "rule": value}
            yield of | {"file": each.file, "hosts": list(each.hosts)}
    for habit in habits:
        yield {
            "schema": SCHEMA,
            "source": source,
            "origin": "learned",
            "kind": habit.kind.value,
            "sample": habit.sample,
            "key": habit.key,
            "articles": habit.articles,
            "learned": iso(habit.learned_at),
        }


def _known(app: App, name: str) -> tuple[set[str], list[Habit]]:
    """Return the hosts and the learned lines of a source, from configuration and archive. Raises NotKnown."""
    from tracker.service.watchlist import hubs_of

    config = app.config if app.config_path.exists() else None
    source = config.source(name) if config else None
    hosts = {hostname_of(url) for url in (*source.urls, *(hub.url for hub in hubs_of(source)))} if source else set()
    names = [each.name for each in config.sources] if config else []
    habits: list[Habit] = []
    try:
        with app.archive() as store:
            names += list_sources(store)
            habits = list_habits(store, name)
            hosts |= {hostname_of(article.url) for article in list_articles(store, source=name)}
    except ArchiveError as error:
        app.out.note(f"The archive cannot be read yet: {error}")
    if name not in names:
        raise unknown("source", name, list(dict.fromkeys(names)))
    return hosts, habits


def _by_hand(app: App, hosts: list[str]) -> list[RuleFile]:
    from ..siterules import files, in_force

    known = files(app.config_path)
    used = {host: in_force(known, host) for host in hosts}
    return [
        RuleFile(str(file.path), tuple(host for host in hosts if used[host] is file), tuple(file.entries()))
        for file in known
        if file in used.values()
    ]
