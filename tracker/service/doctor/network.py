"""Findings about the network: the hosts that are watched, and the clock compared with theirs."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final

from tracker.addresses.urls import host_of
from tracker.errors import ConfigError
from tracker.fetch.robots import robots_url
from tracker.model.capture import Capture, Failure, FailureKind, FetchResult, Request

from ..source_fetcher import SourceFetcher
from ..watchlist import hubs_of
from . import Finding

if TYPE_CHECKING:
    from tracker.config.root import Config

MAX_CLOCK_OFFSET_SECONDS: Final = 120.0


async def network_findings(config: Config, timeout_seconds: float) -> list[Finding]:
    """Fetch the robots.txt of every host at once, and compare the local clock with the hosts' clocks."""
    urls = [(hub.url, source.name) for source in config.sources if not source.paused for hub in hubs_of(source)]
    urls += [(url, source.name) for source in config.sources for url in source.urls]
    urls += [(url, "") for story in config.stories for url in story.urls]
    # One request a host, with the fetch settings of one of its sources.
    hosts = {host_of(url): Request(robots_url(url), accept="text/plain", source=source) for url, source in urls}
    try:
        fetcher = SourceFetcher(config)
    except ConfigError as error:
        return [Finding("network", "broken", str(error), error.hint)]

    async def ask(request: Request) -> FetchResult | None:
        try:
            return await asyncio.wait_for(fetcher.fetch(request, datetime.now(UTC)), timeout_seconds)
        except TimeoutError:
            return None

    try:
        # At once: one host that hangs must not hold up the report on the others.
        answers = await asyncio.gather(*(ask(request) for request in hosts.values()))
    finally:
        await fetcher.aclose()
    now = datetime.now(UTC)
    found = [host_finding(host, answer, timeout_seconds) for host, answer in zip(hosts, answers, strict=True)]
    return [*found, clock_finding(answers, now)]


def host_finding(host: str, answer: FetchResult | None, timeout_seconds: float) -> Finding:
    """Return the finding about `host`, whose robots.txt was fetched with `answer`: None if none came in time."""
    what = f"host {host}"
    if answer is None:
        return Finding(what, "broken", f"no answer within {timeout_seconds:g} s", "check the network; try again later")
    if isinstance(answer, Failure) and answer.kind is not FailureKind.STATUS:
        # An HTTP error is an answer: the host is there. Whatever else failed is between it and us.
        if answer.kind is FailureKind.BLOCKED_ADDRESS:
            return Finding(what, "broken", answer.reason, "set WRITETHRU_ALLOW_PRIVATE=1 if this address is intended")
        return Finding(what, "broken", answer.reason, "check the address, DNS and the network")
    return Finding(what, "ok", f"answers in {answer.elapsed:.2f} s")


def clock_finding(answers: Iterable[FetchResult | None], now: datetime) -> Finding:
    """Compare the local clock, which says `now`, with that of the first host that sent its time."""
    for answer in answers:
        date = answer.header("date") if isinstance(answer, Capture) else ""
        try:
            off = abs((now - parsedate_to_datetime(date).astimezone(UTC)).total_seconds())
        except (ValueError, OverflowError):
            continue
        if off > MAX_CLOCK_OFFSET_SECONDS:
            detail = f"it differs by {off:.0f} s from a host's clock ({date})"
            return Finding("clock", "broken", detail, "set the clock, for instance with systemd-timesyncd or chrony")
        return Finding("clock", "ok", f"within {MAX_CLOCK_OFFSET_SECONDS:.0f} s of a host's clock")
    return Finding("clock", "ok", f"{now:%Y-%m-%d %H:%M} UTC, not compared with any host")
