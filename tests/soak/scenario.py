"""A scenario: many outlets and articles with every kind of edit and every kind of fault, all made from a seed.

The amounts follow NewsEdits: 3.6 versions an article, with a median of 45 minutes between two, distributed lognormally.

Faults are failures, walls, redirects, headline tests, lagging caches, wrong validators, feeds that are late, drop
items, repeat or misdate them, a robots.txt that fails or is unusual. Each depends only on the seed, the article, the
time and the number of the request. All times are simulated seconds.
"""

import json
import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

from tests.soak.scoring import edition_key
from tracker.demo.http_server import HttpResponse
from tracker.demo.pages import ROBOTS_TXT, FeedItem
from tracker.demo.schedule import Edition, Outlet, Schedule, ScheduledArticle
from tracker.model.article import NoticeKind
from tracker.model.change import LabelKind

from . import random_text


class FaultKind(StrEnum):
    """What an address answers while a fault lasts."""

    UNAVAILABLE = "http503"
    GONE = "gone410"
    MISSING = "gone404"
    AWAY = "gone410_then_back"
    SOFT_MISSING = "soft404"
    HOME = "redirect_home"
    MOVED = "redirect_moved"
    LOOP = "redirect_loop"
    PAYWALL = "paywall"
    CONSENT = "consent"
    BOT_WALL = "bot_wall"
    EMPTY = "empty200"
    SHELL = "js_shell"
    CUT = "truncated"
    CHARSET = "charset_flip"


READABLE_FAULTS: Final = frozenset({FaultKind.MOVED, FaultKind.CHARSET})
"""Faults during which the text can still be read."""
MINUTE: Final = 60.0
HOUR: Final = 3600.0


@dataclass(frozen=True, slots=True)
class Fault:
    """A period in which an address answers otherwise."""

    kind: FaultKind
    start: float
    end: float = math.inf

    def covers(self, seconds: float) -> bool:
        """Return whether it is in force at that time."""
        return self.start <= seconds < self.end

    def seconds_within(self, start: float, end: float) -> float:
        """Return for how many seconds between `start` and `end` it is in force."""
        return max(min(self.end, end) - max(self.start, start), 0.0)


@dataclass(frozen=True, slots=True)
class ServerTraits:
    """How an article's servers behave all the time.

    Attributes:
        other_title: a headline shown to every second request (a headline test); empty for none.
        lags: how far each of three caches is behind.
        validator: the ETag follows the text ("ok"), is missing ("none"), differs at every request ("request"), never
            changes ("frozen"), or differs between caches ("weak").
        modified: the same for Last-Modified, which may also be the current time ("now") or two hours ahead ("skew").
    """

    other_title: str = ""
    lags: tuple[float, float, float] = (0.0, 0.0, 0.0)
    validator: str = "none"
    modified: str = "none"

    @property
    def is_frozen(self) -> bool:
        """Whether a client that sends back the validators it was given never learns of an edit."""
        return self.validator == "frozen" or (self.validator == "none" and self.modified == "frozen")

    def lag(self, request: int) -> float:
        """Return how far behind the cache is that answers request number `request`."""
        return self.lags[request % 3]

    def etag(self, key: str, edition: int, request: int) -> str:
        """Return the ETag of a response; empty for none."""
        return {
            "ok": f'"{key}-{edition}"',
            "request": f'"{key}-r{request}"',
            "frozen": f'"{key}"',
            "weak": f'W/"{key}-{edition}-{request % 3}"',
        }.get(self.validator, "")

    def last_modified(self, born: float, edited: float, seconds: float) -> float | None:
        """Return the time that Last-Modified states; None for no such header."""
        return {"ok": edited, "now": seconds, "skew": edited + 2 * HOUR, "frozen": born}.get(self.modified)


_CHANCES: Final[tuple[tuple[FaultKind, float, float, float], ...]] = (
    # kind, probability for each article, shortest and longest duration
    (FaultKind.UNAVAILABLE, 0.08, MINUTE, 30 * MINUTE),
    (FaultKind.GONE, 0.03, math.inf, math.inf),
    (FaultKind.MISSING, 0.02, math.inf, math.inf),
    (FaultKind.AWAY, 0.02, 15 * MINUTE, 120 * MINUTE),
    (FaultKind.SOFT_MISSING, 0.03, 10 * MINUTE, 27 * HOUR),
    (FaultKind.HOME, 0.02, HOUR, 9 * HOUR),
    (FaultKind.MOVED, 0.04, math.inf, math.inf),
    (FaultKind.LOOP, 0.02, MINUTE, 15 * MINUTE),
    (FaultKind.PAYWALL, 0.06, HOUR / 2, 27 * HOUR),
    (FaultKind.CONSENT, 0.05, HOUR / 2, 4 * HOUR),
    (FaultKind.BOT_WALL, 0.03, HOUR / 2, 4 * HOUR),
    (FaultKind.EMPTY, 0.03, MINUTE, HOUR),
    (FaultKind.SHELL, 0.02, HOUR / 2, 4 * HOUR),
    (FaultKind.CUT, 0.03, MINUTE, HOUR),
    (FaultKind.CHARSET, 0.02, MINUTE, HOUR),
)


def random_faults(rng: random.Random, born: float, end: float) -> tuple[Fault, ...]:
    """Return an article's faults between its publication and `end`, in order; none overlap."""
    found: list[Fault] = []
    for kind, chance, shortest, longest in _CHANCES:
        if rng.random() >= chance:
            continue
        start = rng.uniform(born + 0.15 * (end - born), end)
        length = math.inf if math.isinf(shortest) else rng.uniform(shortest, longest)
        found.append(Fault(kind, start, start + length))
    apart: list[Fault] = []
    for fault in sorted(found, key=lambda each: each.start):
        if not apart or fault.start >= apart[-1].end:
            apart.append(fault)
    return tuple(apart)


def certain_fault(rng: random.Random, kind: FaultKind, born: float, end: float) -> Fault:
    """Return a fault of one kind in the second quarter of the time from an article's publication to `end`."""
    shortest, longest = next(lengths for each, _, *lengths in _CHANCES if each is kind)
    start = born + rng.uniform(0.25, 0.5) * (end - born)
    return Fault(kind, start, start + (math.inf if math.isinf(shortest) else rng.uniform(shortest, longest)))


def random_outages(rng: random.Random, duration: float) -> tuple[Fault, ...]:
    """Return the times when a whole site answers 503: three a day, five to twenty minutes long."""
    starts = sorted(rng.uniform(0, duration) for _ in range(max(round(3 * duration / (24 * HOUR)), 1)))
    return tuple(Fault(FaultKind.UNAVAILABLE, start, start + rng.uniform(5, 20) * MINUTE) for start in starts)


def random_traits(rng: random.Random, other_title: str) -> ServerTraits:
    """Return how an article's servers behave; `other_title` is used for one article in ten."""
    lags = (0.0, 0.0, rng.uniform(1, 15) * MINUTE if rng.random() < 0.15 else 0.0)
    return ServerTraits(
        other_title=other_title if rng.random() < 0.10 else "",
        lags=lags,
        validator=rng.choice(("ok", "none", "request", "frozen", "weak")),
        modified=rng.choice(("ok", "none", "now", "skew", "frozen")),
    )


MAX_LISTING_DELAY_SECONDS: Final = 1200.0
"""Simulated seconds after which even a late feed lists an article."""
FEED_FAULT_CHANCE: Final = 0.05
FLICKER_SECONDS: Final = 600.0
ROBOTS_DOWN_SECONDS: Final = 7200.0
"""Simulated seconds after which a robots.txt that is down at the start comes back."""
DISALLOWED_SUFFIX: Final = "7"
"""End of the addresses that a robots.txt with extra rules disallows."""
_LONG_AGO: Final = datetime(1675, 11, 10, 4, 30, tzinfo=UTC)


class FeedFault(StrEnum):
    """How the feed of its outlet lists an article."""

    NONE = "plain"
    LATE = "late"
    FLICKERING = "flickering"
    NEW_GUIDS = "new_guids"
    TWICE = "twins"
    LONG_AGO = "long_ago"
    TOMORROW = "tomorrow"


class RobotsFault(StrEnum):
    """What an outlet's robots.txt is: the usual rules, a failure for two hours, a web page, or extra rules."""

    NONE = "plain"
    DOWN = "down"
    PAGE = "page"
    EXTRA_RULES = "closed"


def random_feed_fault(rng: random.Random) -> FeedFault:
    """Return how an article is listed; each fault has a chance of one in twenty."""
    faults = [each for each in FeedFault if each is not FeedFault.NONE]
    place = int(rng.random() / FEED_FAULT_CHANCE)
    return faults[place] if place < len(faults) else FeedFault.NONE


def robots_fault(number: int) -> RobotsFault:
    """Return the robots.txt of outlet `number`: the second, third and fourth have an unusual one."""
    kinds = list(RobotsFault)
    return kinds[number] if number < len(kinds) else RobotsFault.NONE


def listed(item: FeedItem, fault: FeedFault, seconds: float, born: float, edition: int) -> Sequence[FeedItem]:
    """Return the items by which a feed lists an article, published at `born`, at `seconds`."""
    if fault is FeedFault.LATE and seconds < born + MAX_LISTING_DELAY_SECONDS:
        return ()
    if fault is FeedFault.FLICKERING and int(seconds / FLICKER_SECONDS) % 2 and seconds > born + FLICKER_SECONDS:
        return ()
    if fault is FeedFault.NEW_GUIDS:
        return (replace(item, guid=f"{item.url}#{edition}"),)
    if fault is FeedFault.TWICE:
        return (item, replace(item, query="?utm_medium=social&fbclid=IwAR0", guid=f"{item.url}?twin"))
    if fault is FeedFault.LONG_AGO:
        return (replace(item, published=_LONG_AGO),)
    if fault is FeedFault.TOMORROW:
        return (replace(item, published=item.published + timedelta(days=2)),)
    return (item,)


def robots_txt(fault: RobotsFault, seconds: float) -> HttpResponse:
    """Return the response for the robots.txt of an outlet."""
    if fault is RobotsFault.DOWN and seconds < ROBOTS_DOWN_SECONDS:
        return HttpResponse(503, b"busy")
    if fault is RobotsFault.PAGE:
        page = b"<!doctype html><title>Welcome</title><p>Disallow: nothing"
        return HttpResponse(200, page, {"Content-Type": "text/html"})
    text = ROBOTS_TXT
    if fault is RobotsFault.EXTRA_RULES:
        extra = f"Disallow: /*{DISALLOWED_SUFFIX}$\nDisallow: /*{DISALLOWED_SUFFIX}?"
        text = text.replace("Disallow: /ads/", f"Disallow: /ads/\n{extra}")
    return HttpResponse(200, text.encode(), {"Content-Type": "text/plain"})


MAX_EDITIONS: Final = 12
MAX_LIVE_EDITIONS: Final = 60
MAX_REPRINT_DELAY_SECONDS: Final = 30 * MINUTE
_MEAN_EDITIONS: Final = 2.8
_MEDIAN_GAP_SECONDS: Final = 45 * MINUTE
_GAP_SIGMA: Final = 1.1
_REPRINT_CHANCE: Final = 0.05
_LIVE_CHANCE: Final = 0.02
_SHORT_LIVED_CHANCE: Final = 0.005
_AUXILIARIES: Final = (" will ", " were ", " was ", " are ")


@dataclass(frozen=True, slots=True)
class Scenario:
    """A schedule and its faults.

    Attributes:
        faults: the faults of each article, by its key; `traits` and `feed_faults` likewise.
        outages: the outages of each outlet, by its key; `robots_faults` likewise.
        reprints: keys of articles, each with the key of the article it reprints.
    """

    schedule: Schedule
    faults: dict[str, tuple[Fault, ...]]
    traits: dict[str, ServerTraits]
    outages: dict[str, tuple[Fault, ...]]
    feed_faults: dict[str, FeedFault]
    robots_faults: dict[str, RobotsFault]
    reprints: tuple[tuple[str, str], ...]

    def lines(self) -> Iterator[str]:
        """Yield everything as JSON lines: each edition with its content key, each fault, each outage."""
        for article in self.schedule.articles:
            about = {"ev": "edition", "article": article.key, "outlet": article.outlet, "path": article.path}
            for number, edition in enumerate(article.editions, 1):
                kinds = sorted(map(str, edition.kinds))
                change = {"n": number, "t": round(edition.at, 1), "kinds": kinds, "key": edition_key(edition)}
                yield json.dumps(about | change)
        for event, by_owner in (("fault", self.faults), ("outage", self.outages)):
            for owner, fault in ((owner, each) for owner, found in by_owner.items() for each in found):
                end = None if math.isinf(fault.end) else round(fault.end, 1)
                yield json.dumps({"ev": event, "of": owner, "kind": fault.kind, "t": round(fault.start, 1), "end": end})

    def is_disallowed(self, article: ScheduledArticle) -> bool:
        """Return whether the outlet's robots.txt disallows the article."""
        has_extra_rules = self.robots_faults[article.outlet] is RobotsFault.EXTRA_RULES
        return has_extra_rules and article.path.endswith(DISALLOWED_SUFFIX)

    def fault_at(self, article: ScheduledArticle, seconds: float) -> FaultKind | None:
        """Return the fault in force for an article at that time, if any."""
        return next((each.kind for each in self._faults_of(article) if each.covers(seconds)), None)

    def seconds_unreadable(
        self, article: ScheduledArticle, start: float, end: float, *, max_backoff: float = 0.0
    ) -> float:
        """Return for how many seconds between `start` and `end` the text could not be read.

        After a fault, a client backs off for about as long as it lasted, `max_backoff` seconds at most.
        """
        unreadable = [
            (max(each.start, start), min(each.end + min(each.end - each.start, max_backoff), end))
            for each in self._faults_of(article)
            if each.kind not in READABLE_FAULTS
        ]
        return sum(max(until - since, 0.0) for since, until in unreadable)

    def _faults_of(self, article: ScheduledArticle) -> tuple[Fault, ...]:
        return (*self.outages[article.outlet], *self.faults[article.key])


def make_scenario(seed: int, *, hours: float = 24.0, outlets: int = 8, articles: int = 20) -> Scenario:
    """Return a scenario of simulated `hours`, with `articles` for each outlet."""
    duration = hours * HOUR
    sites = tuple(_outlet(random.Random(f"outlet:{seed}:{n}"), n) for n in range(outlets))
    made: list[ScheduledArticle] = []
    article_faults: dict[str, tuple[Fault, ...]] = {}
    traits: dict[str, ServerTraits] = {}
    feed_faults: dict[str, FeedFault] = {}
    reprints: list[tuple[str, str]] = []
    for place, site in enumerate(sites):
        for number in range(articles):
            key = f"{site.key}-{number}"
            rng = random.Random(f"piece:{seed}:{key}")
            born = 0.0 if number < articles // 3 else rng.uniform(0, 0.4 * duration)
            latest = duration - MAX_REPRINT_DELAY_SECONDS
            others = [each for each in made[: place * articles] if each.editions[0].at < latest]
            source = rng.choice(others) if others and rng.random() < _REPRINT_CHANCE else None
            if source is None:
                article = _article(rng, site, key, born, duration)
            else:
                article = _reprint(rng, source, site, key, duration)
                reprints.append((key, source.key))
            made.append(article)
            article_faults[key] = random_faults(rng, article.editions[0].at, duration)
            traits[key] = random_traits(rng, random_text.headline(rng))
            feed_faults[key] = random_feed_fault(rng)
    article_faults |= _certain_faults(seed, made, duration)
    outages = {site.key: random_outages(random.Random(f"weather:{seed}:{site.key}"), duration) for site in sites}
    schedule = Schedule(seed, duration, sites, tuple(made), story="", story_articles=())
    robots_faults = {site.key: robots_fault(number) for number, site in enumerate(sites)}
    return Scenario(schedule, article_faults, traits, outages, feed_faults, robots_faults, tuple(reprints))


def _certain_faults(seed: int, articles: Sequence[ScheduledArticle], duration: float) -> dict[str, tuple[Fault, ...]]:
    """Return faults of which each kind occurs once, by article: chance alone would leave some kinds out."""
    # An article whose address may be disallowed, and one that reprints another's text, are not asked for enough.
    fit = [each for each in articles if not each.path.endswith(DISALLOWED_SUFFIX) and "-wire-" not in each.path]
    step = max(len(fit) // len(FaultKind), 1)
    return {
        article.key: (certain_fault(random.Random(f"certain:{seed}:{kind}"), kind, article.editions[0].at, duration),)
        for kind, article in zip(FaultKind, fit[::step], strict=False)
    }


def _outlet(rng: random.Random, number: int) -> Outlet:
    owner = random_text.name(rng)
    return Outlet(
        key=f"site{number}",
        name=f"The {owner.split()[1]} {rng.choice(('Post', 'Herald', 'Gazette', 'Mirror', 'Echo', 'Star'))} {number}",
        host=f"127.0.1.{number + 1}",
        motto=f"Founded by {owner}",
        footer=f"Published by {owner} & Partners, house {number + 3}.",
        style="ledger" if number % 2 else "courier",
    )


def _article(rng: random.Random, site: Outlet, key: str, born: float, duration: float) -> ScheduledArticle:
    title = random_text.headline(rng)
    first = Edition(
        at=born,
        title=title,
        dek=random_text.dek(rng),
        byline=tuple(dict.fromkeys(random_text.name(rng) for _ in range(rng.choice((1, 1, 2))))),
        paragraphs=tuple(random_text.paragraph(rng) for _ in range(rng.randint(5, 12))),
    )
    is_live = rng.random() < _LIVE_CHANCE
    editions = [first]
    count = MAX_LIVE_EDITIONS if is_live else min(1 + int(rng.expovariate(1 / _MEAN_EDITIONS)), MAX_EDITIONS)
    while len(editions) < count:
        at = editions[-1].at + _gap(rng, is_live=is_live)
        if at >= duration:
            break
        after = _add_live_entry(rng, editions[-1]) if is_live else _edit(rng, editions)
        editions.append(replace(after, at=at))
    slug = "-".join(title.lower().split()[:5]).replace("'", "")
    return ScheduledArticle(
        key=key,
        outlet=site.key,
        path=f"/2026/11/{slug}-{key.rpartition('-')[2]}",
        section=rng.choice(("Local", "State", "Business", "Courts")),
        editions=tuple(editions),
        noisy=rng.random() < 0.3,
        terms=f"© 2026 {site.name}. All rights reserved.",
    )


def _reprint(rng: random.Random, source: ScheduledArticle, site: Outlet, key: str, duration: float) -> ScheduledArticle:
    """Return another outlet's article as `site` reprints it: later, and with its own copyright line."""
    delay = rng.uniform(2 * MINUTE, MAX_REPRINT_DELAY_SECONDS)
    editions = [replace(each, at=each.at + delay) for each in source.editions if each.at + delay < duration]
    return replace(
        source,
        key=key,
        outlet=site.key,
        path=f"/2026/11/{key.rpartition('-')[0]}-wire-{key.rpartition('-')[2]}",
        editions=tuple(editions),
        terms=f"© 2026 {site.name}. This text is from an agency.",
    )


def _gap(rng: random.Random, *, is_live: bool) -> float:
    """Return how long an edition stays online; a few are gone before anyone can look again."""
    if rng.random() < _SHORT_LIVED_CHANCE:
        return rng.uniform(1, 8) * MINUTE
    return (_MEDIAN_GAP_SECONDS / 3 if is_live else _MEDIAN_GAP_SECONDS) * math.exp(rng.gauss(0, _GAP_SIGMA))


def _add_live_entry(rng: random.Random, before: Edition) -> Edition:
    texts = (random_text.paragraph(rng), *before.paragraphs)
    return replace(before, paragraphs=texts, kinds=frozenset({LabelKind.INSERT}))


def _edit(rng: random.Random, editions: list[Edition]) -> Edition:
    before = editions[-1]
    if len(editions) > 2 and rng.random() < 0.04:
        return replace(editions[-3], kinds=frozenset({LabelKind.RESTORED}))
    edit: Callable[[random.Random, Edition], Edition] = rng.choices(
        [_rewrite, _insert, _change_number, _change_headline, _correct, _add_note, _delete, _move, _add_author, _deny],
        weights=[20, 25, 15, 10, 6, 9, 7, 4, 4, 3],
    )[0]
    after = edit(rng, before)
    return after if _words(after) not in {_words(each) for each in editions} else _insert(rng, before)


def _words(edition: Edition) -> tuple[object, ...]:
    return (edition.title, edition.dek, edition.byline, edition.paragraphs, edition.notes)


def _rewrite(rng: random.Random, before: Edition) -> Edition:
    at = rng.randrange(len(before.paragraphs))
    texts = list(before.paragraphs)
    texts[at] = random_text.paragraph(rng)
    return replace(before, paragraphs=tuple(texts), kinds=frozenset({LabelKind.REWRITE}))


def _insert(rng: random.Random, before: Edition) -> Edition:
    at = rng.randrange(1, len(before.paragraphs) + 1)
    texts = (*before.paragraphs[:at], random_text.paragraph(rng), *before.paragraphs[at:])
    return replace(before, paragraphs=texts, kinds=frozenset({LabelKind.INSERT}))


def _change_number(rng: random.Random, before: Edition) -> Edition:
    """Change one number of a paragraph, or add a sentence if it has none."""
    at = rng.randrange(len(before.paragraphs))
    texts = list(before.paragraphs)
    words = texts[at].split()
    numbers = [n for n, word in enumerate(words) if word.strip("$,.").isdigit()]
    if numbers:
        place = rng.choice(numbers)
        figure = words[place].strip("$,.")
        words[place] = words[place].replace(figure, str(int(figure) + rng.randint(1, 40)))
        texts[at] = " ".join(words)
    else:
        texts[at] += f" {random_text.sentence(rng)}"
    return replace(before, paragraphs=tuple(texts), kinds=frozenset({LabelKind.NUMBER}))


def _change_headline(rng: random.Random, before: Edition) -> Edition:
    return replace(before, title=random_text.headline(rng), kinds=frozenset({LabelKind.HEADLINE}))


def _correct(rng: random.Random, before: Edition) -> Edition:
    after = _change_number(rng, before)
    wrong = rng.randint(3, 900)
    note = (NoticeKind.CORRECTION, f"Correction: An earlier version of this article gave a figure as {wrong}.")
    return replace(after, notes=(*after.notes, note), kinds=frozenset({LabelKind.CORRECTION, LabelKind.NUMBER}))


def _add_note(rng: random.Random, before: Edition) -> Edition:
    after = _insert(rng, before)
    note = (NoticeKind.UPDATE, f"(Updates with comment from {random_text.name(rng)}.)")
    return replace(after, notes=(note,), kinds=frozenset({LabelKind.INSERT, LabelKind.UPDATE_NOTE}))


def _delete(rng: random.Random, before: Edition) -> Edition:
    if len(before.paragraphs) < 4:
        return _insert(rng, before)
    at = rng.randrange(1, len(before.paragraphs))
    texts = before.paragraphs[:at] + before.paragraphs[at + 1 :]
    return replace(before, paragraphs=texts, kinds=frozenset({LabelKind.DELETE}))


def _move(rng: random.Random, before: Edition) -> Edition:
    at = rng.randrange(1, len(before.paragraphs) - 1)
    texts = list(before.paragraphs)
    texts[at], texts[at + 1] = texts[at + 1], texts[at]
    return replace(before, paragraphs=tuple(texts), kinds=frozenset({LabelKind.MOVE}))


def _deny(rng: random.Random, before: Edition) -> Edition:
    """Negate a statement with one word."""
    places = [(n, verb) for n, text in enumerate(before.paragraphs) for verb in _AUXILIARIES if verb in text]
    if not places:
        return _change_number(rng, before)
    at, verb = rng.choice(places)
    texts = list(before.paragraphs)
    texts[at] = texts[at].replace(verb, f"{verb}not ", 1)
    return replace(before, paragraphs=tuple(texts), kinds=frozenset({LabelKind.HEDGE}))


def _add_author(rng: random.Random, before: Edition) -> Edition:
    names = (*before.byline[:1], random_text.name(rng))
    return replace(before, byline=tuple(dict.fromkeys(names)), kinds=frozenset({LabelKind.BYLINE}))
