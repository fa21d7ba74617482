"""Find copies of a text at several outlets, even if they were cut or edited, and the article that they copy.

Each article is stored with a signature of marks: the smallest hash in every window of sixteen five-word shingles. Two
texts with twenty words in common, in order, have at least one mark in common, whatever comes before and after these
words. A MinHash of the whole text would miss a copy that was cut to its first third. Schleimer, Wilkerson and Aiken:
Winnowing, SIGMOD 2003.

Articles that share marks may be copies. Their texts are then aligned: they are copies if they share enough passages, in
the same order, and agree in enough figures.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from itertools import accumulate, chain, pairwise
from struct import unpack
from typing import Final

from tracker.addresses.urls import hostname_of
from tracker.model.article import OUTSIDE_ARTICLE, Article
from tracker.model.story import CopyPair, StoryPostings

from .current_stories import CurrentDecisions
from .features import UNSPACED, Text
from .propagation import Timeline

_DIGIT: Final = re.compile(r"\d")
MIN_PASSAGE_WORDS: Final = 5
"""Shorter passages are in any two texts of one language."""
MIN_TELLING_PASSAGE_WORDS: Final = 8
"""A shorter passage may be a stock phrase of the news."""
MIN_CONTAINED: Final = 0.5
"""The share of the shorter text that must be in the other one, if both begin in the same way."""
MIN_CONTAINED_DEEPER: Final = 0.6
"""The share of both texts that must be in the other one, if they begin differently. A follow-up begins with its news
and repeats the background below: a copy of that background is not a copy of the follow-up."""
MIN_LONG_PASSAGE_WORDS: Final = 12
MIN_IN_LONG_PASSAGES: Final = 0.4
"""The share of the common words that must be in long passages. A template that is filled in again (a market report, the
weather) has another name or figure in every sentence, so its passages are short."""
MAX_STOCK_PARAGRAPH_WORDS: Final = 100
"""A single passage of at most this many words is a paragraph that an outlet or agency puts into many texts, if it comes
after a different opening and at least `MIN_SHARED_WORDS` around it differ."""
MIN_SHARED_WORDS: Final = 20
MIN_IN_ORDER: Final = 0.5
MIN_FIGURES_KEPT: Final = 0.5
MAX_OPENING_WORDS: Final = 45
_MIN_FIGURES: Final = 4
MAX_SLOT_WORDS: Final = 12
"""The text between two shared passages is a slot of a template if it is no longer than this on either side."""


@dataclass(frozen=True, slots=True)
class Overlap:
    """The overlap of two texts.

    Attributes:
        shared: how many words are in both, in passages of five or more.
        contained: the share of the shorter text that is in the longer one.
        covered: the share of the longer text that is in the shorter one.
        ordered: the share of the common words that follow one another in both texts.
        in_long: the share of the common words that are in passages of twelve or more.
        opening: the larger number of words before the first common passage, of both texts.
        is_stock: whether they share only a paragraph that may be in any text.
        figures: the share of the figures in and between the common passages that agree; None if there are too few.
    """

    shared: int
    contained: float
    covered: float
    ordered: float
    in_long: float
    opening: int
    is_stock: bool
    figures: float | None

    @property
    def is_copy(self) -> bool:
        """Whether one text is a copy of the other, cut or edited."""
        if self.is_stock or self.shared < MIN_SHARED_WORDS:
            return False
        if self.ordered < MIN_IN_ORDER or self.in_long < MIN_IN_LONG_PASSAGES:
            return False
        # Market reports, weather and results reuse their sentences every day: if most figures differ, the texts share a
        # template, not a story.
        if self.figures is not None and self.figures < MIN_FIGURES_KEPT:
            return False
        if self.opening <= MAX_OPENING_WORDS:
            return self.contained >= MIN_CONTAINED
        return self.contained >= MIN_CONTAINED_DEEPER and self.covered >= MIN_CONTAINED_DEEPER

    @property
    def reason(self) -> str:
        """The finding in words."""
        text = f"{round(self.contained * 100)} % of the shorter text is in the other ({self.shared} words)"
        return text if self.figures is None else f"{text}; {round(self.figures * 100)} % of its figures"


def overlap(one: Text, other: Text) -> Overlap:
    """Return the overlap of two texts. Which comes first makes no difference."""
    short, long = sorted((one, other), key=lambda text: (len(text), text))
    passages = _passages(short, long)
    shared = sum(length for _, _, length in passages)
    out_of_order = sum(min(a[2], b[2]) for a, b in pairwise(passages) if b[1] < a[1])
    # Stock phrases do not count as an opening, unless there is nothing else.
    telling = [passage for passage in passages if passage[2] >= MIN_TELLING_PASSAGE_WORDS] or passages
    is_stock = False
    if len(telling) == 1:
        here, there, length = telling[0]
        # The only passage that two short texts share may be in any text of an outlet.
        before, after = min(here, there), min(len(short) - here, len(long) - there) - length
        is_short = before >= MIN_TELLING_PASSAGE_WORDS and length <= MAX_STOCK_PARAGRAPH_WORDS
        is_stock = is_short and before + after >= MIN_SHARED_WORDS
    # Only figures in shared passages and in short gaps between them show whether a template was filled in again: text
    # that an outlet inserted has other figures.
    first_letters = "".join([word[0] for word in short])
    kept = sum([len(_DIGIT.findall(first_letters, at, at + length)) for at, _, length in passages])
    other_figures = 0
    for left, right in pairwise(passages):
        gap, gap_long = short[left[0] + left[2] : right[0]], long[left[1] + left[2] : right[1]]
        if right[1] > left[1] and len(gap) <= MAX_SLOT_WORDS and len(gap_long) <= MAX_SLOT_WORDS:
            mine, theirs = ([word for word in words if word[0].isdigit()] for words in (gap, gap_long))
            same = sum((Counter(mine) & Counter(theirs)).values()) if mine and theirs else 0
            kept += same
            # A figure that only one text has may be written in words in the other, so it does not count as different.
            other_figures += min(len(mine), len(theirs)) - same
    figures = kept + other_figures
    return Overlap(
        shared=shared,
        contained=shared / max(1, len(short)),
        covered=shared / max(1, len(long)),
        ordered=1 - out_of_order / shared if passages else 0.0,
        in_long=sum([length for _, _, length in passages if length >= MIN_LONG_PASSAGE_WORDS]) / max(1, shared),
        opening=max(min((at for at, _, _ in telling), default=0), min((at for _, at, _ in telling), default=0)),
        is_stock=is_stock,
        figures=kept / figures if figures >= _MIN_FIGURES else None,
    )


def _passages(short: Sequence[str], long: Sequence[str]) -> list[tuple[int, int, int]]:
    """Return the passages in common as (start in `short`, start in `long`, length), without overlap in `short`."""
    grams, long_grams = (
        list(zip(*(words[shift:] for shift in range(MIN_PASSAGE_WORDS)), strict=False)) for words in (short, long)
    )
    # Only the first place of each five words is kept, so that a refrain does not take quadratic time.
    places = dict(zip(reversed(long_grams), range(len(long_grams) - 1, -1, -1), strict=True))
    passages = []
    here = 0
    while here < len(grams):
        there = places.get(grams[here])
        if there is None:
            here += 1
            continue
        length = MIN_PASSAGE_WORDS
        most = min(len(short) - here, len(long) - there)
        while length < most and short[here + length] == long[there + length]:
            length += 1
        passages.append((here, there, length))
        here += length
    return passages


SHINGLE_WORDS: Final = 5
UNSPACED_SHINGLE_LETTERS: Final = 10
_UNSPACED_LETTER: Final = re.compile(f"[{UNSPACED}]")
MAX_SCRIPT_WORDS: Final = 200
"""The first words of a text show whether its script has no spaces: then most are single letters."""
WINDOW_SHINGLES: Final = 16
MIN_SIGNED_WORDS: Final = 24
"""A shorter text gets no marks, because a caption or a teaser is in many stories."""
_WRAP: Final = 1 << 64
_HALF: Final = 1 << 63
_EMPTY_HASHER: Final = blake2b(digest_size=8)
Signature = tuple[int, ...]
"""The marks of a text: sorted hashes, as signed 64-bit integers, which databases can store."""


def sign(text: Text) -> Signature:
    """Return the signature of `text`. The same text gives the same marks in every process and on every machine."""
    if len(text) < MIN_SIGNED_WORDS:
        return ()
    head = text[:MAX_SCRIPT_WORDS]
    is_unspaced = len(_UNSPACED_LETTER.findall(" ".join(head))) * 2 > len(head)
    size = UNSPACED_SHINGLE_LETTERS if is_unspaced else SHINGLE_WORDS
    # The hash of each run of `size` words, joined by spaces.
    joined = " ".join(text).encode("utf-8", "surrogatepass")
    lengths = [len(word.encode("utf-8", "surrogatepass")) + 1 for word in text]
    ends = list(accumulate(lengths, initial=0))
    digests = []
    for start, end in zip(ends, ends[size:], strict=False):
        hasher = _EMPTY_HASHER.copy()  # takes two thirds of the time of a new one
        hasher.update(joined[start : end - 1])
        digests.append(hasher.digest())
    hashes = unpack(f"<{len(digests)}Q", b"".join(digests))
    # The smallest hash of every window.
    least = min(hashes[:WINDOW_SHINGLES])
    at = hashes.index(least)
    found = {least}
    for newest in range(WINDOW_SHINGLES, len(hashes)):
        if hashes[newest] <= least:
            at, least = newest, hashes[newest]
        elif at <= newest - WINDOW_SHINGLES:
            # The smallest hash has left the window: look for the next one.
            at = newest - WINDOW_SHINGLES + 1
            least = min(hashes[at : newest + 1])
            at = hashes.index(least, at)
        else:
            continue
        found.add(least)
    return tuple(sorted([mark - _WRAP if mark >= _HALF else mark for mark in found]))


MIN_LIKENESS: Final = 0.25
"""Two texts are aligned if they share at least this part of the smaller signature. Of the pairs that share less, one in
300 is a copy; of those that share four fifths, nearly all are."""
MIN_SHARED_MARKS: Final = 2
MAX_CANDIDATES: Final = 8
MAX_COPIES_A_TEXT: Final = 2
"""Alignment stops after this many copies of a text: its other copies are linked through these."""
MAX_ARTICLES_A_MARK: Final = 64
"""The most articles stored under one mark; a further copy of the text is found through any of them."""
MIN_NEW_MARKS: Final = 0.1
"""The marks of a later version are stored if more than this share of them is new for the article."""


def candidates(article: str, signature: Signature, postings: StoryPostings) -> tuple[str, ...]:
    """Return the articles that are most likely copies of the text with this signature, the most likely one first.

    `article` has the signature itself and is never a candidate. `postings` has the articles with each of its marks.
    """
    shared = Counter(chain.from_iterable([postings.articles.get(mark, ()) for mark in signature]))
    del shared[article]
    likely = []
    for other, marks in shared.items():
        if marks < MIN_SHARED_MARKS:  # most: any two texts may have one mark in common
            continue
        likeness = min(1.0, marks / max(1, min(len(signature), postings.least[other])))
        if likeness >= MIN_LIKENESS:
            likely.append((-likeness, -marks, other))
    return tuple(other for _, _, other in sorted(likely)[:MAX_CANDIDATES])


def new_marks(article: str, signature: Signature, postings: StoryPostings) -> tuple[int, ...]:
    """Return the marks of a version to store: those that are new for the article and that not too many articles have.

    Return none of them if only a few are new.
    """
    known = postings.articles
    new = [mark for mark in signature if article not in known.get(mark, ())]
    if len(new) <= MIN_NEW_MARKS * len(signature):
        return ()
    # A mark of very many articles is from a line in all articles of a source, or finds enough copies already.
    return tuple(mark for mark in new if len(known.get(mark, ())) < MAX_ARTICLES_A_MARK)


def confirm_copies(article: str, text: Text, others: Mapping[str, Iterable[Text]]) -> tuple[CopyPair, ...]:
    """Return the first candidates that are copies of an article, by alignment; in each pair the smaller ID comes first.

    `others` has the texts of the versions of each candidate, the most likely candidate first. A copy may have the text
    of any version.
    """
    links = []
    for other, versions in others.items():
        overlaps = [overlap(text, version) for version in versions]
        found = max(overlaps, key=lambda each: (each.is_copy, each.contained, each.shared), default=None)
        if found and found.is_copy:
            first, second = sorted((article, other))
            links.append(CopyPair(first, second, found.contained, found.reason))
            if len(links) == MAX_COPIES_A_TEXT:
                break
    return tuple(links)


def copy_groups(links: Iterable[tuple[str, str]]) -> tuple[frozenset[str], ...]:
    """Return the sets of articles that are linked, directly or through others; the largest set comes first."""
    parents: dict[str, str] = {}

    def root(article: str) -> str:
        while parents.setdefault(article, article) != article:
            # Path halving keeps the trees flat (union-find).
            parents[article] = parents[parents[article]]
            article = parents[article]
        return article

    for first, second in links:
        one, other = sorted((root(first), root(second)))
        parents[other] = one
    groups: dict[str, set[str]] = {}
    for article in list(parents):
        groups.setdefault(root(article), set()).add(article)
    return tuple(sorted(map(frozenset, groups.values()), key=lambda group: (-len(group), min(group))))


# Agencies as they are credited, and the domains they publish under.
_AGENCIES: Final = {
    "AP": "apnews.com",
    "Associated Press": "apnews.com",
    "Reuters": "reuters.com",
    "Bloomberg": "bloomberg.com",
    "AFP": "afp.com",
    "Agence France-Presse": "afp.com",
    "dpa": "dpa.com",
    "PA": "pa.media",
    "UPI": "upi.com",
    "EFE": "efe.com",
    "ANSA": "ansa.it",
    "Xinhua": "xinhuanet.com",
    "TASS": "tass.com",
    "Kyodo": "kyodonews.net",
    "Yonhap": "yna.co.kr",
    "AAP": "aap.com.au",
    "The Canadian Press": "thecanadianpress.com",
    "CNN": "cnn.com",
    "KFF Health News": "kffhealthnews.org",
    "ProPublica": "propublica.org",
    "The Conversation": "theconversation.com",
    "States Newsroom": "statesnewsroom.com",
    "CalMatters": "calmatters.org",
}
# "(AP) —" in a dateline, "© 2026 The Associated Press" in a copyright line. Longer names come first.
_CREDIT: Final = re.compile(
    r"\(((?:The )?(?:" + "|".join(sorted(map(re.escape, _AGENCIES), key=len, reverse=True)) + r"))\)\s*[-–—:]"
    r"|(?:©|\bCopyright)\s*(?:\d{4}\s*)?((?:The )?(?:" + "|".join(map(re.escape, _AGENCIES)) + r"))\b"
)
_CREDIT_BLOCKS: Final = 3
"""Credits are looked for in this many blocks at the start and at the end."""


def copy_origins(
    story: str, timelines: Sequence[Timeline], links: Iterable[tuple[str, str]], decisions: CurrentDecisions
) -> dict[str, str]:
    """Return the article that each copy in a story copies.

    `links` are pairs of articles with the same text. The decision OWN excludes an article; ORIGIN says which one the
    others copy.
    """
    name = decisions.name(story)
    known = {each.article: each for each in timelines if (each.article, name) not in decisions.own}
    origins: dict[str, str] = {}
    for group in copy_groups((a, b) for a, b in links if a in known and b in known):
        origin = decisions.origins.get(name, "")
        if origin not in group:
            origin = origin_of([known[article] for article in sorted(group)])
        origins |= {article: origin for article in sorted(group) if article != origin}
    return origins


def origin_of(printed: Sequence[Timeline]) -> str:
    """Return the article whose text the others copy: one of the agency that most of them credit, or else the earliest.

    A text without a credit shows nothing, because many outlets remove the credit. The first version of each article
    counts, and the outlet's date if it is earlier than our first check.
    """
    counts = Counter(agency for each in printed if (agency := credited(each.versions[0].content)))
    agency = min(counts, key=lambda agency: (-counts[agency], agency), default="")
    domain = _AGENCIES.get(agency, "")
    by_agency = [each for each in printed if domain and f".{hostname_of(each.url)}".endswith(f".{domain}")]
    return min(by_agency or printed, key=_appeared).article


def credited(article: Article) -> str:
    """Return the agency that an article credits in a dateline, byline or copyright line; "" if it credits none."""
    texts = [block.text for block in article.blocks if block.reason != OUTSIDE_ARTICLE]
    for text in (*texts[:_CREDIT_BLOCKS], *texts[-_CREDIT_BLOCKS:]):
        if match := _CREDIT.search(text):
            return _without_the(match.group(1) or match.group(2))
    names = {_without_the(part.strip()) for name in article.byline for part in name.split(",")}
    return next((agency for agency in _AGENCIES if agency in names), "")


def _without_the(agency: str) -> str:
    return agency if agency in _AGENCIES else agency.removeprefix("The ")


def _appeared(each: Timeline) -> tuple[datetime, datetime, str]:
    first = each.versions[0]
    return min(first.content.published or first.seen, first.seen), first.seen, each.article
