"""`writethru sources rules`: show the rules and the learned boilerplate of a source."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tracker.archive.articles import list_articles
from tracker.archive.habits import list_habits
from tracker.archive.sources import list_sources
from tracker.cli.lookup import unknown
from tracker.errors import ArchiveError
from tracker.render import site_rules as layout
from tracker.render.site_rules import RuleFile
from tracker.urls import hostname_of

from ..app import App, verb

if TYPE_CHECKING:
    from tracker.model import Habit


@verb()
@click.argument("name")
def rules(app: App, name: str) -> None:
    """Show which rules from sites/*.toml apply to a source, and which lines were learned to be boilerplate.

    A house line appears in many articles; a volatile line differs at every fetch. Neither counts as a change.
    """
    hosts, habits = _known(app, name)
    by_hand = _by_hand(app, sorted(hosts))
    if app.settings.json:
        for value in layout.as_json(name, by_hand, habits):
            app.out.data(value)
    elif app.out.tty:
        app.out.page(layout.lines(name, by_hand, habits, app.out.columns))
    else:
        app.out.table(layout.HEAD, layout.rows(by_hand, habits))


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
