"""Findings about the configuration."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

from tracker.errors import TrackerError
from tracker.render.text import counted

from . import Finding

if TYPE_CHECKING:
    from pathlib import Path

    from tracker.config.root import Config


def config_findings(config: Config, path: Path) -> Iterator[Finding]:
    """Yield what a configuration without errors, from the file at `path`, says about how watching will go."""
    if config.sources or config.stories:
        watched = f"{counted(len(config.sources), 'source')}, {counted(len(config.stories), 'story', 'stories')}"
        yield Finding("configuration", "ok", f"{path}: {watched}")
    else:
        yield Finding("configuration", "warning", "nothing is watched yet", "writethru add URL")
    for each in config.warnings:
        yield Finding("configuration", "warning", each, f"change it in {path}")
    if config.contact:
        yield Finding("contact", "ok", config.contact)
    else:
        detail = "no contact address is set, so sites are visited at the slowest rate"
        remedy = f'set contact = "you@example.org" in {path}, or WRITETHRU_CONTACT'
        yield Finding("contact", "warning", detail, remedy)
    yield _parsers()
    yield from _proxies(config)
    yield from _targets(config)


def _proxies(config: Config) -> Iterator[Finding]:
    """Say who uses a proxy, and what the check of addresses cannot promise behind it."""
    proxies: dict[str, list[str]] = {}
    everyone = "all other requests" if len(config.fetches) > 1 else "all requests"
    for fetch, sources in config.fetches.items():
        if fetch.proxy:
            place = fetch.proxy if isinstance(fetch.proxy, str) else "a secret address"
            proxies.setdefault(place, []).extend(sources if fetch is not config.fetch else [everyone])
    for place, users in proxies.items():
        detail = (
            f"{place}, for {', '.join(users)}; it resolves host names, "
            "so it must itself refuse those of its own network"
        )
        yield Finding("proxy", "ok", detail)
    named = [name for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy") if os.environ.get(name)]
    if named and not config.fetch.proxy:
        remedy = 'set proxy = "http://…" in [fetch], or in the [[sources]] table of one source'
        yield Finding("proxy", "warning", f"{named[0]} is set and not used", remedy)


def _parsers() -> Finding:
    """Return whether the processes that parse pages are kept from files and network."""
    from tracker.extraction.sandbox import missing_protection

    if missing := missing_protection():
        detail = "a page that exploits the parser is not kept from " + " and from ".join(missing)
        return Finding("page parsers", "warning", detail, "run it on Linux 5.13 or newer, on x86_64 or aarch64")
    return Finding("page parsers", "ok", "sandboxed: no network, and no files but those of Python")


def _targets(config: Config) -> Iterator[Finding]:
    from tracker.alerts.channels import channel_of

    used = {name for rule in config.rules for name in rule.to}
    for target in config.targets:
        what = f"target {target.name}"
        try:
            channel_of(target).check(target, config)
        except TrackerError as error:
            yield Finding(what, "broken", error.message, error.hint)
            continue
        if target.name in used:
            yield Finding(what, "ok", f"{target.type}; to try it: writethru alerts test --to '{target.name}' --send")
        else:
            yield Finding(what, "warning", "no rule sends alerts to it", "add it to the `to` list of a [[rules]] table")
