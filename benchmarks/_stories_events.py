"""Events told several times in different words, for benchmarks/stories.py, and how a clustering of them is scored."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from _stories_text import START, Labelled, Writer, article

if TYPE_CHECKING:
    import random
    from collections.abc import Iterable, Mapping, Sequence

    from tracker.model.article import Article

_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[^\sa-z])|(?<=[。！？])")
_DAYS = 12
COMMON = 0.05
REPLACED = 0.25
SEQUELS = 0.2


def retold(real: Sequence[Article], rng: random.Random) -> list[Labelled]:
    """Return every page of *real* told one to four times; every fifth long page is two events, a week or more apart.

    The sentences of a page are dealt out to its tellings, few go to all; each telling has four to ten of them, its own
    order and headline, and a quarter of its words replaced by words of other pages. So tellings share names, some
    figures and the subject, hardly a phrase; and an event shares all that but its time with its sequel.
    """
    pool = [word for page in real for word in page.text.split() if word.islower()]
    out: list[Labelled] = []
    for number, page in enumerate(real):
        sentences = [s for block in page.editorial for s in _SENTENCE.split(block.text) if s.strip()]
        start = START + timedelta(hours=rng.uniform(0, 24 * _DAYS))
        if len(sentences) >= 16 and rng.random() < SEQUELS:
            later = start + timedelta(days=rng.uniform(6, 12))
            out += _tellings(page, sentences[::2], f"r{number}a", start, len(out), pool, rng)
            out += _tellings(page, sentences[1::2], f"r{number}b", later, len(out), pool, rng)
        else:
            out += _tellings(page, sentences, f"r{number}", start, len(out), pool, rng)
    return out


def _tellings(
    page: Article,
    sentences: list[str],
    event: str,
    start: datetime,
    count: int,
    pool: Sequence[str],
    rng: random.Random,
) -> list[Labelled]:
    tellings = rng.choice([k for k in (1, 1, 2, 3, 4) if len(sentences) >= 5 * k] or [1])
    hands: list[list[str]] = [[] for _ in range(tellings)]
    for sentence in sentences:
        for hand in hands if rng.random() < COMMON else [rng.choice(hands)]:
            hand.append(_reworded(sentence, pool, rng))
    out: list[Labelled] = []
    for hand in filter(None, hands):
        rng.shuffle(hand)
        told = hand[: rng.randint(4, 10)]
        title = page.title if tellings == 1 else " ".join(told[0].split()[:9])
        paragraphs = [" ".join(told[i : i + 2]) for i in range(0, len(told), 2)]
        at = start + timedelta(hours=rng.expovariate(1 / 12))
        out.append(Labelled(f"r{count + len(out):05d}", article(title, paragraphs, page.lang), "", event, at))
    return out


def written(events: int, rng: random.Random) -> list[Labelled]:
    """Return *events* of ours, each told one to five times; a quarter have a sequel with the same people and places."""
    out: list[Labelled] = []
    for number in range(events):
        writer = Writer(rng)
        start = START + timedelta(hours=rng.uniform(0, 24 * _DAYS))
        for part in ("a", "b") if rng.random() < 0.25 else ("a",):
            for _ in range(rng.choice((1, 1, 2, 3, 5))):
                made = article(writer.headline(), writer.paragraphs(rng.randint(2, 6)))
                at = start + timedelta(hours=rng.expovariate(1 / 12))
                out.append(Labelled(f"w{len(out):05d}", made, "", f"w{number}{part}", at))
            sequel = Writer(rng)
            writer.nouns, writer.verbs, writer.figures = sequel.nouns, sequel.verbs, sequel.figures
            start += timedelta(days=rng.uniform(4, 12))
    return out


def _reworded(sentence: str, pool: Sequence[str], rng: random.Random) -> str:
    return " ".join(
        rng.choice(pool) if word.islower() and rng.random() < REPLACED else word for word in sentence.split()
    )


def b_cubed(truth: Mapping[str, str], found: Mapping[str, str]) -> tuple[float, float, float]:
    """Return precision, recall and F1 of Bagga and Baldwin (1998): each article judged by the cluster it is in."""
    both = Counter((truth[a], found[a]) for a in truth)
    sizes, clusters = Counter(truth.values()), Counter(found[a] for a in truth)
    precision = sum(both[truth[a], found[a]] / clusters[found[a]] for a in truth) / len(truth)
    recall = sum(both[truth[a], found[a]] / sizes[truth[a]] for a in truth) / len(truth)
    return precision, recall, 2 * precision * recall / (precision + recall)


def plain_tfidf(items: Sequence[Labelled], thresholds: Iterable[float]) -> dict[float, dict[str, str]]:
    """Return what the usual recipe finds: TF-IDF of all words, cosine, nearest article above a threshold, no time.

    It sees the whole collection before it starts, which an archive never does.
    """
    bags = {item.id: Counter(re.findall(r"\w+", f"{item.article.title} {item.article.text}".lower())) for item in items}
    spread = Counter(word for bag in bags.values() for word in bag)
    unit = {}
    for ident, bag in bags.items():
        made = {w: (1 + math.log(n)) * math.log(len(bags) / spread[w]) for w, n in bag.items()}
        length = math.sqrt(sum(v * v for v in made.values())) or 1.0
        unit[ident] = {w: v / length for w, v in made.items()}
    nearest: dict[str, tuple[float, str]] = {}
    postings: defaultdict[str, list[str]] = defaultdict(list)
    for item in sorted(items, key=lambda each: (each.at, each.id)):
        shared: Counter[str] = Counter()
        for word, value in unit[item.id].items():
            for other in postings[word]:
                shared[other] += value * unit[other][word]  # type: ignore[assignment]
            postings[word].append(item.id)
        if shared:
            best = max(shared, key=lambda other: shared[other])
            nearest[item.id] = (shared[best], best)
    ordered = [item.id for item in sorted(items, key=lambda each: (each.at, each.id))]
    out = {}
    for threshold in thresholds:
        found: dict[str, str] = {}
        for ident in ordered:
            likeness, other = nearest.get(ident, (0.0, ident))
            found[ident] = found[other] if likeness >= threshold else ident
        out[threshold] = found
    return out
