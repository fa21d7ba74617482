"""Real news on known events: read it, fit the model to it, group it, and judge the groups; a plain baseline beside.

The rows of `stories/dev.jsonl` have an id, a topic with two look-alike events, a story (the truth), a title and
paragraphs: 492 articles of ECB+ (Cybulska and Vossen 2014). They have no times.
"""

from __future__ import annotations

import json
import math
import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from itertools import combinations, pairwise
from typing import TYPE_CHECKING

from _stories_events import b_cubed

from tracker.model.article import Article, Block, BlockKind
from tracker.stories.clusters import Group, StoryIndex, agglomerate
from tracker.stories.features import MODEL, Features, StoryModel, Vocabulary, features_of, product, vector_of
from tracker.stories.recent_texts import ClusterArticle

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 1, tzinfo=UTC)
OTHER_TOPICS = 0.1
"""Of the pairs from different topics, so many are drawn: nearly all of them are easy."""

RIDGE = 1.0


@dataclass(frozen=True, slots=True)
class RealArticle:
    """A real article: the topic it is from, the event it is about, and its features."""

    id: str
    topic: int
    event: str
    article: Article
    features: Features


def read(path: Path) -> list[RealArticle]:
    """Return the articles of a file of JSON lines."""
    articles = []
    for row in map(json.loads, path.open(encoding="utf-8")):
        blocks = tuple(Block(BlockKind.PARAGRAPH, text) for text in row["paragraphs"])
        content = Article(title=row["title"], blocks=blocks)
        articles.append(RealArticle(row["id"], row["topic"], row["story"], content, features_of(content)))
    return articles


def cosines(articles: Sequence[RealArticle]) -> list[tuple[RealArticle, RealArticle, tuple[float, ...]]]:
    """Return pairs of articles with the cosines of their words, names and dates."""
    vocabulary = Vocabulary()
    flat = replace(MODEL, words=1.0, names=1.0, dates=1.0)
    vectors = {}
    for each in articles:
        whole = vector_of(each.features, vocabulary, flat)
        kinds: tuple[dict[str, float], ...] = ({}, {}, {})
        for term, value in whole.items():
            kinds[1 if term.startswith("N:") else 2 if term.startswith("D:") else 0][term] = value
        vectors[each.id] = kinds
        vocabulary.add(whole)
    rng = random.Random(1)
    return [
        (one, other, tuple(product(a, b) for a, b in zip(vectors[one.id], vectors[other.id], strict=True)))
        for one, other in combinations(articles, 2)
        if one.topic == other.topic or rng.random() < OTHER_TOPICS
    ]


def fit(pairs: Iterable[tuple[RealArticle, RealArticle, tuple[float, ...]]]) -> StoryModel:
    """Return the logistic regression of "about one event" on the cosines, by Newton's method with a small ridge."""
    rows = [((1.0, *values), one.event == other.event) for one, other, values in pairs]
    weights = [0.0] * 4
    for _ in range(12):
        gradient = [0.0] + [-RIDGE * weight for weight in weights[1:]]
        hessian = [[RIDGE if i == j > 0 else 0.0 for j in range(4)] for i in range(4)]
        for values, same in rows:
            odds = sum([w * v for w, v in zip(weights, values, strict=True)])
            chance = 1 / (1 + math.exp(-odds))
            spread = chance * (1 - chance)
            for i in range(4):
                gradient[i] += (same - chance) * values[i]
                for j in range(i + 1):
                    hessian[i][j] += spread * values[i] * values[j]
        for i in range(4):
            for j in range(i):
                hessian[j][i] = hessian[i][j]
        weights = [w + step for w, step in zip(weights, solve(hessian, gradient), strict=True)]
    intercept, words, names, dates = (round(weight, 2) for weight in weights)
    return StoryModel(intercept, words, names, dates, MODEL.join, MODEL.size, MODEL.time)


def solve(matrix: list[list[float]], right: list[float]) -> list[float]:
    """Return the solution of a small system of linear equations, by Gauss-Jordan elimination."""
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    for at in range(len(rows)):
        pivot = max(range(at, len(rows)), key=lambda n: abs(rows[n][at]))
        rows[at], rows[pivot] = rows[pivot], rows[at]
        for n, row in enumerate(rows):
            if n != at:
                factor = row[at] / rows[at][at]
                rows[n] = [value - factor * above for value, above in zip(row, rows[at], strict=True)]
    return [row[-1] / row[at] for at, row in enumerate(rows)]


def grouped(
    articles: Iterable[RealArticle], model: StoryModel = MODEL, index: StoryIndex | None = None
) -> dict[str, str]:
    """Return the story of each article, as the service places them one after another."""
    index = index or StoryIndex(model=model)
    stories: dict[str, str] = {}
    for each in articles:
        for home in index.place(ClusterArticle(each.id, each.features, NOW)):
            stories[home.article] = home.story
    return stories


def judged(articles: Sequence[RealArticle], stories: Mapping[str, str]) -> tuple[float, float, float]:
    """Return B-cubed precision, recall and F1 over *articles* alone."""
    return b_cubed({each.id: each.event for each in articles}, {each.id: stories[each.id] for each in articles})


def best_join(articles: Sequence[RealArticle], model: StoryModel, joins: Sequence[float]) -> float:
    """Return the threshold that groups *articles* best; of a plateau, its middle."""
    scores = [judged(articles, grouped(articles, replace(model, join=join)))[2] for join in joins]
    smooth = [sum(scores[max(0, n - 1) : n + 2]) / len(scores[max(0, n - 1) : n + 2]) for n in range(len(scores))]
    return joins[max(range(len(joins)), key=smooth.__getitem__)]


def folds(
    articles: Sequence[RealArticle], count: int = 10, seed: int = 0
) -> list[tuple[list[RealArticle], list[RealArticle]]]:
    """Return *count* divisions by topic: the articles to tune on, and those kept aside."""
    topics = sorted({each.topic for each in articles})
    random.Random(seed).shuffle(topics)
    made = []
    for n in range(count):
        aside = set(topics[n::count])
        made.append(([t for t in articles if t.topic not in aside], [t for t in articles if t.topic in aside]))
    return made


def adjusted_rand(one: Mapping[str, str], other: Mapping[str, str]) -> float:
    """Return the adjusted Rand index of two groupings: 1 if they are the same, 0 if they agree as by chance."""

    def pairs(counts: Iterable[int]) -> int:
        return sum(math.comb(count, 2) for count in counts)

    both = pairs(Counter((one[each], other[each]) for each in one).values())
    first, second = pairs(Counter(one.values()).values()), pairs(Counter(other.values()).values())
    chance = first * second / math.comb(len(one), 2)
    return (both - chance) / ((first + second) / 2 - chance)


def plain_linkage(articles: Sequence[RealArticle]) -> Callable[[float], dict[str, str]]:
    """Return TF-IDF of words and word pairs with average linkage, as a function of the least mean cosine."""
    counted = {each.id: _words(each.article) for each in articles}
    inside = Counter(term for counts in counted.values() for term in counts)
    vectors = {}
    for name, counts in counted.items():
        raw = {
            term: (1 + math.log(count)) * (math.log((1 + len(articles)) / (1 + inside[term])) + 1)
            for term, count in counts.items()
        }
        length = math.sqrt(sum(value * value for value in raw.values())) or 1.0
        vectors[name] = {term: value / length for term, value in raw.items() if inside[term] > 1}
    likeness: defaultdict[tuple[str, str], float] = defaultdict(float)
    for one, other in combinations(vectors, 2):
        likeness[one, other] = likeness[other, one] = product(vectors[one], vectors[other])

    @cache
    def cut(least: float) -> dict[str, str]:
        model = replace(MODEL, join=least, size=0.0, time=0.0)
        groups = agglomerate([Group([name], 0.0, 0.0, [name]) for name in vectors], lambda a, b: likeness[a, b], model)
        return {name: group.members[0] for group in groups for name in group.members}

    return cut


def _words(article: Article) -> Counter[str]:
    words = re.findall(r"\w\w+", f"{article.title} {article.title} {article.text}".lower())
    return Counter(words) + Counter(f"{one} {other}" for one, other in pairwise(words))
