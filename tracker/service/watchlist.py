"""Make the archive watch the sources and articles of the configuration, and check that these can be used.

The archive records the names of the previous configuration, so that editing the file is all that is needed.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from tracker.addresses.urls import hostname_of, identity, untracked
from tracker.archive.archive import Archive
from tracker.archive.articles import add_targets, find_articles, list_articles, plan_checks, set_article_state
from tracker.archive.sources import list_sources, retire_source, sync_source
from tracker.archive.state import NamedBefore, get_named, save_named
from tracker.config import edits
from tracker.config.root import Config
from tracker.config.source_names import name_for
from tracker.config.tables import Secret, SourceConfig
from tracker.errors import ConfigError, PageError
from tracker.jobs.pricing import load_schedule
from tracker.model.source import Hub, HubKind, Target
from tracker.model.watch import ArticleState, CheckOutcome, CheckVerdict, WatchedArticle
from tracker.pipeline.targets import filter_targets, may_claim

if TYPE_CHECKING:
    from .probe import ProbeResult


def sync(archive: Archive, config: Config, now: datetime) -> None:
    """Make the archive watch exactly what the configuration names; articles no longer named are kept but not checked.

    If the filters of a source changed, its hubs are read in full once, even if their hosts report no change. If its
    interval changed, the checks of its articles are planned again.
    """
    before = get_named(archive)
    for source in config.sources:
        # The lists of a paused source are kept too, with their state; none of them is due.
        filters, every = _hash_filters(source), _interval(source)
        anew = before.filters.get(source.name, filters) != filters
        sync_source(archive, source.name, source.hubs, now, paused=source.paused, anew=anew)
        _watch(archive, config, source, source.urls, now)
        if before.intervals.get(source.name, every) != every:
            # From the last check of each article; an article whose last check failed keeps its planned time.
            schedule = load_schedule(archive)
            seen = CheckVerdict(CheckOutcome.UNCHANGED)
            plans = [
                (tracked, schedule.next_check(source, tracked, tracked.last_check_at, seen))
                for tracked in list_articles(archive, source=source.name)
                if tracked.next_check_at is not None and tracked.last_check_at is not None and not tracked.failures
            ]
            plan_checks(archive, plans)
    named = {source.name for source in config.sources}
    for story in config.stories:
        for url in story.urls:
            source = config.source_of(url)
            if source.name not in named:
                sync_source(archive, source.name, [], now)
                named.add(source.name)
            _watch(archive, config, source, [url], now)
    for name in list_sources(archive):
        if name not in named:
            retire_source(archive, name, now)
    _pause_unnamed(archive, config, before, now)


def _watch(archive: Archive, config: Config, source: SourceConfig, urls: Sequence[str], now: datetime) -> None:
    for url, tracked in zip(urls, find_articles(archive, urls), strict=True):
        target = Target(untracked(url))
        claimed = [tracked.id] if tracked and may_claim(config, source.name, url, tracked) else []
        add_targets(archive, source.name, [target], now, config.stories_of(source, url), claimed)


def _pause_unnamed(archive: Archive, config: Config, before: NamedBefore, now: datetime) -> None:
    """Pause articles that are no longer named, resume those named again, and record the current names.

    A URL removed from `urls` stays under watch while a hub lists it, and any article while it is cited.
    """
    single = [url for source in config.sources for url in source.urls]
    single += [url for story in config.stories for url in story.urls]
    urls = {identity(url): url for url in single}
    left = dict(before.left)
    for tracked in find_articles(archive, sorted(set(before.urls) - set(urls.values()))):
        # An address that is only written differently, or that a list still names, stays under watch.
        is_listed = tracked is not None and tracked.listed_until is not None and tracked.listed_until > now
        if tracked and identity(tracked.url) not in urls and not is_listed and not tracked.is_cited:
            _pause(archive, tracked, left, "urls", now)
    for tracked in find_articles(archive, sorted(urls.values())):
        if tracked and tracked.id in left:
            _resume(archive, tracked, left, now)
    filters = {source.name: _hash_filters(source) for source in config.sources}
    for source in config.sources:
        if before.filters.get(source.name, filters[source.name]) != filters[source.name]:
            for tracked in list_articles(archive, source=source.name):
                passes = identity(tracked.url) in urls or bool(filter_targets(source, [Target(tracked.url)]))
                if not passes and not tracked.is_cited and tracked.state is ArticleState.ACTIVE:
                    _pause(archive, tracked, left, "filters", now)
                elif passes and left.get(tracked.id) == "filters":
                    _resume(archive, tracked, left, now)
    intervals = {source.name: _interval(source) for source in config.sources}
    named = NamedBefore(tuple(sorted(urls.values())), intervals, filters, left)
    if named != before:
        save_named(archive, named)


def _interval(source: SourceConfig) -> float:
    return source.every.total_seconds() if source.every else 0.0


def _hash_filters(source: SourceConfig) -> str:
    return hashlib.sha256(json.dumps([source.include, source.exclude, source.limit]).encode()).hexdigest()[:16]


def _pause(archive: Archive, tracked: WatchedArticle, left: dict[str, str], why: str, now: datetime) -> None:
    # An article that is already paused, as by a takedown, is not recorded: naming its address must not resume it.
    if tracked.state is not ArticleState.PAUSED:
        set_article_state(archive, tracked.id, ArticleState.PAUSED, now)
        left[tracked.id] = why


def _resume(archive: Archive, tracked: WatchedArticle, left: dict[str, str], now: datetime) -> None:
    del left[tracked.id]
    if tracked.state is ArticleState.PAUSED:
        set_article_state(archive, tracked.id, ArticleState.ACTIVE, now)


@dataclass(frozen=True, slots=True)
class Placement:
    """Where an address is added: to a source and a story, either of which may be new. Empty: chosen by its site.

    `selector` and `pattern` say which links of a section page lead to articles, as in `Hub`.
    """

    source: str = ""
    story: str = ""
    selector: str = ""
    pattern: str = ""


def add_probed(text: str, config: Config, result: ProbeResult, place: Placement) -> tuple[dict[str, Any], str]:
    """Return the JSON object that reports an address, and the configuration text with that address added.

    Raises UsageError or ConfigError if the file cannot take it.
    """
    after, owner = text, ""
    if not result.problem and result.kind is None:
        after, owner = _put_article(text, config, result.url, place)
    elif not result.problem and result.kind is not None:
        hub = Hub("", result.kind, result.url, place.selector, place.pattern)
        after, owner = _put_hub(text, config, hub, result.title, place)
    problem = result.problem or ("" if after != text else _other_links(config, result.url, place))
    value = {
        "url": result.url,
        "kind": result.name,
        "title": result.title,
        "source": owner,
        "story": place.story,
        "articles": len(result.listing.targets) if result.listing else None,
        "added": after != text,
        "problem": problem,
        "found_at": result.found_at,
    }
    return value, after


def _put_article(text: str, config: Config, url: str, place: Placement) -> tuple[str, str]:
    """Return the configuration text with one article added, and the name of its source."""
    owner = place.source or config.source_of(url).name
    if place.story:
        return edits.add_story(text, place.story, [url]), owner
    # A story that watches the address already needs no source for it.
    if not place.source and any(url in each.urls for each in config.stories):
        return text, owner
    if config.source(owner) is not None:
        return edits.add_address(text, owner, "urls", url), owner
    return edits.add_source(text, owner, urls=[url]), owner


def _put_hub(text: str, config: Config, hub: Hub, title: str, place: Placement) -> tuple[str, str]:
    """Return the configuration text with a list added, and the name of its source.

    The list is added to a source of the same host, unless a story is given: then it becomes a source of its own.
    """
    for known in config.sources:
        if any(each.url == hub.url for each in known.hubs) and known.story == (place.story or known.story):
            return text, known.name
    owner = place.source
    if not owner and not place.story:
        host = hostname_of(hub.url)
        same_host = (
            source.name
            for source in config.sources
            if not source.story and any(hostname_of(each.url) == host for each in source.hubs)
        )
        owner = next(same_host, "")
    if owner and config.source(owner) is not None:
        if hub.kind is HubKind.PAGE:
            return edits.add_page(text, owner, hub.url, selector=hub.selector, pattern=hub.pattern), owner
        return edits.add_address(text, owner, "feeds" if hub.kind is HubKind.FEED else "sitemaps", hub.url), owner
    if not owner:
        name, taken = name_for(title, hub.url), {source.name for source in config.sources}
        owner = next(each for each in (name, *(f"{name} {n}" for n in range(2, 10_000))) if each not in taken)
    lists: dict[HubKind, dict[str, Any]] = {
        HubKind.FEED: {"feeds": [hub.url]},
        HubKind.SITEMAP: {"sitemaps": [hub.url]},
        HubKind.PAGE: {"pages": [{"url": hub.url, "selector": hub.selector, "pattern": hub.pattern}]},
    }
    return edits.add_source(text, owner, story=place.story, **lists[hub.kind]), owner


def _other_links(config: Config, url: str, place: Placement) -> str:
    """Return why a page that is already watched cannot be added with this selector or pattern, or ""."""
    for page in [page for source in config.sources for page in source.pages if page.url == url]:
        for name in ("selector", "pattern"):
            has, given = getattr(page, name), getattr(place, name)
            if given and given != has:
                what = f"with the {name} {has!r}" if has else f"without a {name}"
                return f"already watched {what}; change it in the configuration file"
    return ""


_PAGE = b"<!doctype html><html><head><title>Page</title></head><body><a href='/a'>An article of ours</a></body></html>"
_ADDRESS = "https://page.example/"


def require_usable(config: Config) -> None:
    """Raise ConfigError if the selector of a section page is invalid."""
    for source in config.sources:
        for page in source.pages:
            require_selector(page.selector, resource=f"source {source.name!r}, page {page.url}")


def require_secrets(config: Config) -> list[str]:
    """Raise ConfigError if a secret exists but is empty; return a message for each secret that is missing."""
    missing = []
    for path, secret in _secrets(config, ""):
        try:
            secret.reveal(path)
        except ConfigError as error:
            # An empty secret is a mistake; a missing one may exist where the service runs.
            if secret.env in os.environ or (secret.file and Path(secret.file).exists()):
                raise
            missing.append(str(error))
    return missing


def _secrets(value: object, path: str) -> Iterator[tuple[str, Secret]]:
    if isinstance(value, Secret):
        yield path, value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _secrets(getattr(value, name), f"{path}.{name}" if path else name)
    elif isinstance(value, tuple):
        for place, each in enumerate(value, 1):
            yield from _secrets(each, f"{path}[{place}]")


def require_selector(selector: str, *, pattern: str = "", resource: str = "") -> None:
    """Raise ConfigError if `selector` is not a CSS selector or `pattern` not a regular expression."""
    from tracker.sources.hub_reader import read_hub  # loads the HTML parser, which other commands do not need

    try:
        read_hub(Hub("", HubKind.PAGE, _ADDRESS, selector, pattern), _PAGE, _ADDRESS)
    except PageError as error:
        raise ConfigError(error.message, resource=resource, hint=error.hint) from None
