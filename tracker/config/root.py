"""The whole configuration: its model, how it is read, and its JSON Schema."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any, Final, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, PrivateAttr, ValidationError, model_validator

from tracker.addresses.same_article import site_of
from tracker.addresses.urls import identity
from tracker.errors import ConfigError, did_you_mean
from tracker.model.change import EARLIER_WORDS, Significance

from .file import apply_environment, find_config, parse_toml, read_config
from .problems import describe
from .source_names import name_for
from .tables import (
    ArchiveConfig,
    ConfigModel,
    FetchConfig,
    RuleConfig,
    ServiceConfig,
    SourceConfig,
    StoryConfig,
    Target,
    WebConfig,
)

MAX_NAMES_SHOWN: Final = 10

# A table and a key of release 0.1; the key in this release, "" if there is none; a function that translates a value (to
# None: there is none in this release); and the text of the warning.
EARLIER_KEYS: Final[tuple[tuple[str, str, str, Callable[[Any], Any], str], ...]] = (
    (
        "service",
        "callback",
        "",
        lambda _: None,
        "it is ignored, because WebSub is no longer supported and feeds are polled; remove this key",
    ),
    ("archive", "checkpoint_mail", "checkpoint_target", lambda name: name, "rename this key to checkpoint_target"),
    (
        *("archive", "timestamp", "timestamp"),
        lambda stamp: None if isinstance(stamp, dict) and stamp.get("type") == "opentimestamps" else stamp,
        'OpenTimestamps is no longer supported; remove the entry of type "opentimestamps"',
    ),
    (
        *("rules", "significance", "significance"),
        lambda score: Significance.of_score(score) if type(score) in {int, float} and 0 <= score <= 1 else score,
        'a number is read as a word; write "{}"',
    ),
    ("rules", "labels", "labels", lambda word: EARLIER_WORDS.get(str(word), word), '"stealth" is read as "not-noted"'),
)


class Config(ConfigModel):
    """The whole file."""

    contact: str = Field("", description="an address or page where you can be reached; sent with every request")
    archive: ArchiveConfig = ArchiveConfig()
    fetch: FetchConfig = FetchConfig()
    service: ServiceConfig = ServiceConfig()
    web: WebConfig = WebConfig()
    sources: tuple[SourceConfig, ...] = ()
    stories: tuple[StoryConfig, ...] = ()
    rules: tuple[RuleConfig, ...] = ()
    targets: tuple[Target, ...] = ()
    match: Literal["all", "first"] = Field(
        "all", description="whether every rule that a change meets sends an alert, or only the first in the file"
    )

    _warnings: tuple[str, ...] = PrivateAttr(())

    # Here, because a table does not know the others.
    @model_validator(mode="after")
    def _names_resolve(self) -> Self:
        for key in ("sources", "stories", "rules", "targets"):
            names = [entry.name for entry in getattr(self, key)]
            twice = sorted(name for name in set(names) if names.count(name) > 1)
            if twice:
                raise ValueError(f"{key}: two entries are named {twice[0]!r}; give one of them another name")
        targets = [target.name for target in self.targets]
        known = {"to": targets, "sources": [source.name for source in self.sources], "stories": self.story_names}
        for rule in self.rules:
            for key, names in known.items():
                for name in getattr(rule, key):
                    if name not in names:
                        raise ValueError(f"rule {rule.name!r}: {key} names {_not_configured(name, names)}")
        target = self.archive.checkpoint_target
        if target and target not in targets:
            raise ValueError(f"archive.checkpoint_target names {_not_configured(target, targets)}")
        return self

    @model_validator(mode="after")
    def _sources_have_what_they_need(self) -> Self:
        for source in self.sources:
            if source.screenshots and not source.render:
                raise ValueError(f"source {source.name!r}: screenshots = true needs render = true")
            if source.archive and self.archive.wayback is None:
                raise ValueError(f"source {source.name!r}: archive needs a key for archive.org in [archive.wayback]")
        return self

    def model_post_init(self, context: dict[str, tuple[str, ...]] | None, /) -> None:
        """Keep the warnings about the file that `parse` gives."""
        self._warnings = (context or {}).get("warnings", ())

    @property
    def warnings(self) -> tuple[str, ...]:
        """Return a warning for each key or value of an earlier release, with its meaning."""
        return self._warnings

    @property
    def story_names(self) -> list[str]:
        """Return the names of all stories, in order of appearance."""
        names = [story.name for story in self.stories] + [source.story for source in self.sources if source.story]
        return list(dict.fromkeys(names))

    def source(self, name: str) -> SourceConfig | None:
        """Return the source of that name, or None."""
        return self._sources_by_name.get(name)

    def source_of(self, url: str) -> SourceConfig:
        """Return the first source that has a hub or article on the site of `url`, or a new one named after the host."""
        return self.source(next(iter(self.owners(url)), "")) or SourceConfig(name=name_for("", url))

    @property
    def all_source_names(self) -> set[str]:
        """Return the names of the watched sources, including those of single addresses of a story."""
        named = {source.name for source in self.sources}
        return named | {self.source_of(url).name for story in self.stories for url in story.urls}

    def settings_of(self, name: str) -> SourceConfig:
        """Return the source of that name, or one with default settings if it is not configured, or no longer."""
        return self.source(name) or SourceConfig(name=name)

    def stories_of(self, source: SourceConfig, url: str) -> tuple[str, ...]:
        """Return the names of the stories that the article at `url`, found through `source`, belongs to."""
        # By identity: the file and a feed may write the same address differently.
        key = identity(url)
        named = [story.name for story in self.stories if any(identity(each) == key for each in story.urls)]
        return tuple(dict.fromkeys(([source.story] if source.story else []) + named))

    def owners(self, url: str) -> dict[str, bool]:
        """Return the sources whose site `url` is on: those with a list or an article there, by name, in order.

        The value is true for those that have one in the directory of `url` or above it, below the front page: on a host
        that several users share, each has a directory.
        """
        path = urlsplit(url).path
        found: dict[str, bool] = {}
        for name, directory in self._directories_by_site.get(site_of(url), ()):
            found[name] = found.get(name, False) or (directory != "/" and path.startswith(directory))
        return found

    def fetch_for(self, url: str, source: str = "") -> FetchConfig:
        """Return how `url` is fetched: with the proxy and certificates of `source`, or else of a source on its site."""
        if not self._fetch_of_sources:
            return self.fetch
        # A page without a source is an article that only a story names; those of its own directory come first.
        owners = self.owners(url)
        names = [source] if source else sorted(owners, key=lambda name: not owners[name])
        return next((self._fetch_of_sources[name] for name in names if name in self._fetch_of_sources), self.fetch)

    @property
    def fetches(self) -> dict[FetchConfig, list[str]]:
        """Return every way in which pages are fetched, with the names of the sources that chose it; [fetch] first."""
        found: dict[FetchConfig, list[str]] = {self.fetch: []}
        for name, fetch in self._fetch_of_sources.items():
            found.setdefault(fetch, []).append(name)
        return found

    @cached_property
    def _sources_by_name(self) -> dict[str, SourceConfig]:
        return {source.name: source for source in self.sources}

    @cached_property
    def _fetch_of_sources(self) -> dict[str, FetchConfig]:
        return {
            source.name: self.fetch.model_copy(update=own)
            for source in self.sources
            if (own := {key: value for key in ("proxy", "ca") if (value := getattr(source, key)) is not None})
        }

    @cached_property
    def _directories_by_site(self) -> dict[str, list[tuple[str, str]]]:
        found: dict[str, list[tuple[str, str]]] = {}
        for source in self.sources:
            for url in (*source.feeds, *source.sitemaps, *(page.url for page in source.pages), *source.urls):
                directory = urlsplit(url).path.rpartition("/")[0] + "/"
                found.setdefault(site_of(url), []).append((source.name, directory))
        return found


def load(path: Path | None = None) -> Config:
    """Return the configuration at `path`, or where `find_config` finds it, with the environment applied.

    Raises ConfigError, which names the file and each key that is wrong.
    """
    path = path or find_config()
    return parse(read_config(path), str(path))


def parse(raw: bytes, name: str = "configuration") -> Config:
    """Return the configuration in the bytes of a TOML file, with the environment applied.

    Raises ConfigError, with `name` as its resource, which names each key that is wrong.
    """
    data = parse_toml(raw, name)
    # Before validation, so that values of variables are checked like all others.
    apply_environment(data)
    warned = tuple(_translate_earlier(data))
    try:
        return Config.model_validate(data, context={"warnings": warned})
    except ValidationError as error:
        problems = describe(error, Config).split("\n")
        if len(problems) > 1:
            # The name of the file is written once, before all of them.
            problems.insert(0, f"{len(problems)} errors:")
        raise ConfigError("\n  ".join(problems), resource=name) from None


def _translate_earlier(data: dict[str, Any]) -> Iterator[str]:
    """Give the keys of release 0.1 in `data` their names and values of this release, and yield a warning for each."""
    for name, key, new_key, translate, remedy in EARLIER_KEYS:
        found = data.get(name)
        for n, table in enumerate(found if isinstance(found, list) else [found], 1):
            if not isinstance(table, dict) or key not in table:
                continue
            old = table[key] if isinstance(table[key], list) else [table[key]]
            new = [value for each in old if (value := translate(each)) is not None]
            if (new_key, new) == (key, old):
                continue
            value = table.pop(key)
            if new_key and new:
                table.setdefault(new_key, new if isinstance(value, list) else new[0])
            place = f"{name}[{n}]" if isinstance(found, list) else name
            yield f"{place}.{key}: {remedy.format(*new)}"


def schema() -> str:
    """Return the JSON Schema of the file, as `config/schema.json` holds it."""
    described = {"$schema": "https://json-schema.org/draft/2020-12/schema", **Config.model_json_schema()}
    return json.dumps(described, indent=2, ensure_ascii=False) + "\n"


def _not_configured(name: str, known: list[str]) -> str:
    choices = "choose " + " or ".join(map(repr, known[:MAX_NAMES_SHOWN])) if known else "none is configured yet"
    return f"{name!r}, which is not configured; {did_you_mean(name, known) or choices}"
