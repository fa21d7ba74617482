"""`writethru sources rules` and `extract`: the rules of a site, writing new ones, and the article of a saved page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import click
import tomlkit

from tracker.addresses.urls import hostname_of
from tracker.archive.articles import list_articles
from tracker.archive.sources import list_habits, list_sources
from tracker.config import edits
from tracker.config.file import own_folder, rule_folders
from tracker.errors import ArchiveError, ConfigError, UsageError, require_known
from tracker.extraction.extractor import read
from tracker.extraction.learned_boilerplate import LearnedBoilerplate, apply
from tracker.extraction.reader import rules_for
from tracker.extraction.site_rules import SiteRules, load_rules, parse_rules
from tracker.model.article import Reading
from tracker.model.source import Habit, HabitKind
from tracker.render import plain
from tracker.render.text import counted, facts, one_line, wrap
from tracker.render.times import day, iso
from tracker.views.article import ContentView

from ..app import App, verb
from ..options import load

KEYS: Final = tuple(name for name in SiteRules.model_fields if name != "hosts")
HEAD = ("KIND", "RULE OR LINE", "ARTICLES", "LEARNED", "FILE")
_TITLES = {
    HabitKind.HOUSE: "boilerplate: found in many articles",
    HabitKind.VOLATILE: "changing lines: different at every fetch",
}


@dataclass(frozen=True)
class RuleFile:
    """A file of site rules."""

    path: Path
    rules: SiteRules

    def entries(self) -> list[tuple[str, str]]:
        """Return every rule as (key, value), in the order of KEYS."""
        return [(key, value) for key in KEYS for value in getattr(self.rules, key)]


# A file of rules, and the hosts of the source that it applies to.
Applied = tuple[RuleFile, Sequence[str]]


def files(config_path: Path) -> list[RuleFile]:
    """Return the rule files that the service reads, your own before the shipped ones. Raises ConfigError."""
    paths = (path for folder in rule_folders(config_path) for path in sorted(folder.glob("*.toml")))
    return [RuleFile(path, load_rules(path)) for path in paths]


def parse(given: Sequence[str]) -> list[tuple[str, str]]:
    """Return each KEY=VALUE in `given` as (key, value). Raises UsageError."""
    found = []
    for text in given:
        key, equals, value = text.partition("=")
        key, value = key.strip(), value.strip()
        if key not in KEYS or not equals or not value:
            raise UsageError("not a valid rule", resource=text, hint=f"write KEY=VALUE; the keys are {', '.join(KEYS)}")
        found.append((key, value))
    return found


def save(config_path: Path, host: str, given: Sequence[tuple[str, str]]) -> Path:
    """Write rules into the file of `host`, which is created if there is none; return its path.

    The file is checked before it is written, and its comments are kept. Your own file replaces the one that ships
    for the outlet, so it begins as a copy of that. Raises UsageError if a rule cannot be used, ConfigError if the file
    cannot be edited.
    """
    folder = own_folder(config_path)
    own = next((each for each in files(config_path) if rules_for(host, [each.rules])), None)
    path = folder / own.path.name if own else folder / f"{host.removeprefix('www.')}.toml"
    if own is None and path.exists():
        raise ConfigError("the file is for other hosts", resource=str(path), hint=edits.EDIT_BY_HAND)
    # The shipped file is never edited: an upgrade would replace it, and may belong to root.
    before = edits.read(own.path) if own else f"hosts = [{tomlkit.string(host.removeprefix('www.')).as_string()}]\n"
    after = extended(before, given)
    try:
        parse_rules(after, path)
    except ConfigError as error:
        raise UsageError(error.message, resource=str(path), hint="nothing was written") from None
    folder.mkdir(parents=True, exist_ok=True)
    edits.write(path, after)
    return path


def extended(text: str, given: Sequence[tuple[str, str]]) -> str:
    """Return the text of a rule file with these rules added to their lists, each only once. Raises ConfigError."""
    document, data = edits.parse_document(text)
    for key, value in given:
        known = data.setdefault(key, [])
        if not isinstance(known, list):
            raise ConfigError(f"{key} is not a list", hint=edits.EDIT_BY_HAND)
        if value in known:
            continue
        known.append(value)
        if key not in document:
            document[key] = tomlkit.array()
        items: Any = document[key]
        items.append(tomlkit.string(value, literal="\\" in value and "'" not in value))
    return edits.checked(document.as_string(), data)


@dataclass(frozen=True)
class RulePreview:
    """A page and the article extracted from it with the rules of its host. `rules` is None if there are none."""

    url: str
    host: str
    reading: Reading
    rules: RuleFile | None


@dataclass(frozen=True)
class PreviewPage:
    """A page to extract. `url` is empty for a file whose address is not known."""

    body: bytes
    url: str
    charset: str = ""
    status: int = 200

    def under(self, rules: RuleFile | None) -> Reading:
        """Extract the page with `rules`."""
        made = rules.rules if rules else None
        return read(self.body, self.url or None, charset=self.charset, status=self.status, rules=made)


def preview(app: App, page: PreviewPage) -> RulePreview:
    """Extract a page as the service would: with the rules of its host and without its source's learned boilerplate.

    If no address is known, the page's own canonical address decides which host's rules apply.
    """
    url = page.url or page.under(None).article.canonical_url
    host = hostname_of(url) if url else ""
    rules = next((each for each in files(app.config_path) if rules_for(host, [each.rules])), None)
    reading, learned = page.under(rules), LearnedBoilerplate()
    if url and app.config_path.exists():
        with suppress(ArchiveError), app.archive() as archive:
            learned = learned.with_habits(list_habits(archive, app.config.source_of(url).name))
    return RulePreview(url, host, replace(reading, article=apply(learned, reading.article)), rules)


@verb()
@click.argument("name")
def rules(app: App, name: str) -> None:
    """Show the site rules and the learned boilerplate of a source.

    Site rules are in sites/*.toml. Boilerplate appears in many articles (`house` in JSON); changing lines differ at
    every fetch (`volatile`). Neither counts as a change.
    """
    config = app.config_or_default
    source = config.source(name)
    hosts = {hostname_of(url) for url in (*source.urls, *(hub.url for hub in source.hubs))} if source else set()
    names = [each.name for each in config.sources]
    habits: list[Habit] = []
    try:
        with app.archive() as archive:
            names += list_sources(archive)
            habits = list_habits(archive, name)
            hosts |= {hostname_of(article.url) for article in list_articles(archive, source=name)}
    except ArchiveError as error:
        app.out.note(f"The archive cannot be read yet: {error}")
    require_known("source", [name], dict.fromkeys(names))
    known = files(app.config_path)
    used = {host: next((each for each in known if rules_for(host, [each.rules])), None) for host in sorted(hosts)}
    by_hand = [(file, [host for host in used if used[host] is file]) for file in known if file in used.values()]
    if app.settings.json:
        app.out.records(as_json(name, by_hand, habits))
    elif app.out.tty:
        app.out.page(lines(name, by_hand, habits, app.out.columns))
    else:
        app.out.table(HEAD, rows(by_hand, habits))


def rows(rules: Sequence[Applied], habits: Sequence[Habit]) -> Iterator[tuple[str, ...]]:
    """Yield a row for each rule and each learned line: kind, rule or line, articles, day learned, file."""
    for file, _ in rules:
        yield from ((key, value, "", "", str(file.path)) for key, value in file.entries())
    for habit in habits:
        learned = f"{habit.learned_at:%Y-%m-%d}" if habit.learned_at else ""
        yield habit.kind.value, habit.sample, str(habit.articles), learned, ""


def lines(source: str, rules: Sequence[Applied], habits: Sequence[Habit], width: int | None) -> Iterator[str]:
    """Yield the rules and learned lines for people, in lines of at most `width` columns."""
    yield one_line(source)
    yield ""
    for file, hosts in rules:
        yield from file_lines(file, f", for {', '.join(map(one_line, hosts))}", width)
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
            seen = counted(habit.articles, "article")
            yield from wrap(f"“{one_line(habit.sample)}” ({seen}{learned})", width, first="  ", rest="    ")


def as_json(source: str, rules: Sequence[Applied], habits: Sequence[Habit]) -> Iterator[dict[str, Any]]:
    """Yield the objects of `sources rules --json`."""
    for file, hosts in rules:
        for key, value in file.entries():
            of: dict[str, Any] = {"source": source, "origin": "file", "kind": key, "rule": value}
            yield of | {"file": str(file.path), "hosts": list(hosts)}
    for habit in habits:
        yield {
            "source": source,
            "origin": "learned",
            "kind": habit.kind.value,
            "sample": habit.sample,
            "key": habit.key,
            "articles": habit.articles,
            "learned": iso(habit.learned_at),
        }


def file_lines(file: RuleFile, of: str, width: int | None) -> Iterator[str]:
    """Yield the rules of a file in lines of at most `width` columns. `of` ends the first line."""
    yield from wrap(f"rules from {one_line(str(file.path))}{of}", width, rest="  ")
    yield from facts(file.entries(), width, 14, "  ")


@verb()
@click.argument("file")
@click.option("--url", metavar="URL", help="Give the address of the page, which helps with links and dates.")
def extract(app: App, file: str, url: str | None) -> None:
    """Show the article extracted from a saved page: metadata, notices, and every block with its class and the reason.

    FILE is HTML, compressed with gzip or not; - reads standard input.
    """
    found = read(load(file), url)
    if not app.settings.json:
        app.out.page([*plain.meta(found, app.out.columns), *plain.classes(found, app.out.columns)])
        return
    seen = {"page": found.page.value, "detail": found.detail, "container": found.container}
    app.out.data(ContentView.of(found.article).as_json() | seen | {"extractor": found.extractor})
