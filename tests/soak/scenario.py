"""A scenario: many outlets and articles with every kind of edit and every kind of fault, all made from a seed.

The amounts follow NewsEdits: 3.6 versions an article, with a median of 45 minutes between two, distributed lognormally.
"""

import json
import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from tests.soak.scoring import edition_key
from tracker.demo.schedule import Edition, Outlet, Schedule, ScheduledArticle
from tracker.model.article import NoticeKind
from tracker.model.change import LabelKind

from . import random_text
from .faults import (
    DISALLOWED_SUFFIX,
    HOUR,
    MINUTE,
    READABLE_FAULTS,
    Fault,
    FaultKind,
    FeedFault,
    RobotsFault,
    ServerTraits,
    certain_fault,
    random_faults,
    random_feed_fault,
    random_outages,
    random_traits,
    robots_fault,
)

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
