"""Site rules: those that apply to a page, the article extracted with them, and writing new ones to their file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import tomlkit

from tracker.addresses.urls import hostname_of
from tracker.archive.sources import list_habits
from tracker.config import edits
from tracker.config.file import own_folder, rule_folders
from tracker.errors import ArchiveError, ConfigError, UsageError
from tracker.extraction.extractor import read
from tracker.extraction.learned_boilerplate import LearnedBoilerplate, apply
from tracker.extraction.reader import rules_for
from tracker.extraction.site_rules import SiteRules, load_rules, parse_rules
from tracker.service.watchlist import source_of

if TYPE_CHECKING:
    from pathlib import Path

    from tracker.model.article import Reading

    from .app import App

KEYS: Final = tuple(name for name in SiteRules.model_fields if name != "hosts")


@dataclass(frozen=True)
class RuleFile:
    """A file of site rules."""

    path: Path
    rules: SiteRules

    def entries(self) -> list[tuple[str, str]]:
        """Return every rule as (key, value), in the order of KEYS."""
        return [(key, value) for key in KEYS for value in getattr(self.rules, key)]


def files(config_path: Path) -> list[RuleFile]:
    """Return the rule files that the service reads, your own before the shipped ones. Raises ConfigError."""
    paths = (path for folder in rule_folders(config_path) for path in sorted(folder.glob("*.toml")))
    return [RuleFile(path, load_rules(path)) for path in paths]


def in_force(known: Iterable[RuleFile], host: str) -> RuleFile | None:
    """Return the file whose rules apply to `host`, which is the first that names it, or None."""
    return next((each for each in known if rules_for(host, [each.rules])), None)


def parse(given: Sequence[str]) -> list[tuple[str, str]]:
    """Return each KEY=VALUE in `given` as (key, value). Raises UsageError."""
    found = []
    for text in given:
        key, equals, value = text.partition("=")
        key, value = key.strip(), value.strip()
        if key not in KEYS or not equals or not value:
            raise UsageError(
                "not a valid rule", resource=text, hint=f"write KEY=VALUE, with one of the keys {', '.join(KEYS)}"
            )
        found.append((key, value))
    return found


def save(config_path: Path, host: str, given: Sequence[tuple[str, str]]) -> Path:
    """Write rules into the file of `host`, which is created if there is none; return its path.

    The file is checked before it is written, and its comments are kept. Your own file replaces the one that ships
    for the outlet, so it begins as a copy of that. Raises UsageError if a rule cannot be used, ConfigError if the file
    cannot be edited.
    """
    folder = own_folder(config_path)
    own = in_force(files(config_path), host)
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
    rules = in_force(files(app.config_path), host)
    reading, learned = page.under(rules), LearnedBoilerplate()
    if url and app.config_path.exists():
        with suppress(ArchiveError), app.archive() as archive:
            learned = learned.with_habits(list_habits(archive, source_of(app.config, url).name))
    return RulePreview(url, host, replace(reading, article=apply(learned, reading.article)), rules)
