"""Pages just below the size limit that are costly to compare: no edit of them stays out of the log."""

import random
from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.articles import article
from tests.fake_fetcher import page
from tests.unit.pipeline.world import FEED, RSS, STORY, Reader, World
from tracker import compare
from tracker.archive.articles import list_articles
from tracker.archive.checks import list_checks
from tracker.archive.versions import get_version, latest_version
from tracker.model.article import Article, Notice, NoticeKind
from tracker.model.capture import Failure, FailureKind
from tracker.model.change import Change, LabelKind, Noted, Significance, Substance

LETTERS = 490_000
NAMES = ("Albert Denmond", "Carla Stonfield", "Dora Villeman", "Hans Worthson", "Ines Linaston", "Otto Bertworth")


def sentence(n: int) -> str:
    return f"In ward {n} the clerk counted {n * 7 % 993} votes for {NAMES[n % 6]} and {NAMES[n % 5]} on Monday."


MAKERS: dict[str, Callable[[int], str]] = {
    "names": lambda n: NAMES[n * 31 % 6],
    "numbers": lambda n: str(n * 7919 % 9973),
    "percents": lambda n: f"{n * 7919 % 997}.{n % 10} percent",
    "initials": lambda n: f"{chr(65 + n * 31 % 26)}.",
    "one word": lambda n: "go",
    "distinct words": lambda n: f"w{n:x}q",
    "quotations": lambda n: f"“{chr(97 + n * 31 % 26)} vote” said {NAMES[n % 6]}",
}
ENDS = {"one sentence": 10**9, "short sentences": 14}


def words(make: Callable[[int], str], letters: int) -> list[str]:
    found: list[str] = []
    size = 0
    while size < letters:
        found.append(make(len(found)))
        size += len(found[-1]) + 1
    return found


def paragraphs(pieces: list[str], length: int) -> list[str]:
    return [" ".join(pieces[n : n + length]) + "." for n in range(0, len(pieces), length)]


def shuffled(pieces: list[str]) -> list[str]:
    return random.Random(45).sample(pieces, len(pieces))


def is_exact(change: Change, old: Article, new: Article) -> bool:
    texts = [block.text for block in old.editorial], [block.text for block in new.editorial]
    before = {row.old: row.old_text for row in change.blocks if row.old is not None}
    after = {row.new: row.new_text for row in change.blocks if row.new is not None}
    return [before[n] for n in sorted(before)] == texts[0] and [after[n] for n in sorted(after)] == texts[1]


def is_coarse(change: Change) -> bool:
    evidence = [label.evidence for label in change.labels if label.kind is LabelKind.REWRITE]
    said = any(each.startswith("too large to compare in detail: ") for each in evidence)
    judged = (change.substance, change.announced, change.noted) == (Substance.WORDS, None, Noted.UNCLEAR)
    return said and judged and change.budget_hit and change.significance is not Significance.LOW


class Children(Reader):
    """A pool whose children, if they are `fragile`, die of whatever is compared in detail."""

    fragile = False

    async def run(self, returns, work, *given, about):
        if self.fragile and work.keywords["policy"].in_detail:
            return Failure(FailureKind.UNREADABLE, "the page took longer than 20 s to read", about.url, about.status)
        return work(*given)


def html(pieces: list[str]) -> str:
    body = "".join(f"<p>{' '.join(pieces[n : n + 5])}</p>" for n in range(0, len(pieces), 5))
    return f"<html><head><title>Votes</title></head><body><article><h1>Votes</h1>{body}</article></body></html>"


async def second_version(pieces: list[str], *, fragile: bool = False) -> Change:
    world = World({FEED: page(FEED, RSS), STORY: page(STORY, html(pieces))})
    world.reader = Children()
    world.reader.fragile = fragile
    await world.crawl()
    world.fetcher.pages[STORY] = page(STORY, html(shuffled(pieces)))
    assert (await world.crawl(timedelta(minutes=6)))[-1] == "changed"
    [tracked] = list_articles(world.archive)
    assert "internal error" not in list_checks(world.archive, tracked.id, 1)[0].detail
    first, latest = get_version(world.archive, tracked.id, 1), latest_version(world.archive, tracked.id)
    assert latest is not None
    assert latest.n == 2
    assert latest.change is not None
    assert is_exact(latest.change, first.content, latest.content)
    return latest.change


async def test_an_edit_of_a_page_that_is_too_large_to_compare_is_stored_and_says_so():
    pieces = words(sentence, LETTERS * 9 // 10)
    change = await second_version(pieces)
    assert is_coarse(change)
    assert change.words_added > 0


async def test_where_a_comparison_fails_the_version_is_stored_with_a_coarse_change():
    assert is_coarse(await second_version(words(sentence, 60_000), fragile=True))


@pytest.mark.parametrize("ends", ENDS)
@pytest.mark.parametrize("kind", MAKERS)
@pytest.mark.timeout(20)
def test_whatever_is_shuffled_is_compared_by_counts_and_exactly(kind, ends):
    pieces = words(MAKERS[kind], LETTERS)
    old, new = article(*paragraphs(pieces, ENDS[ends])), article(*paragraphs([*shuffled(pieces), "x"], ENDS[ends]))
    change = compare(old, new)
    assert is_exact(change, old, new)
    assert is_coarse(change) or (kind == "one word" and not change.budget_hit)
    assert compare(old, new).labels == change.labels


def test_one_edited_sentence_of_a_large_page_is_compared_in_detail():
    pieces = words(sentence, LETTERS)
    edited = [*pieces[:2000], pieces[2000].replace("Monday", "Tuesday"), *pieces[2001:]]
    change = compare(article(*paragraphs(pieces, 5)), article(*paragraphs(edited, 5)))
    assert [(fact.old, fact.new) for fact in change.facts] == [("Monday", "Tuesday")]
    assert not change.budget_hit


def test_of_a_text_that_is_too_large_the_headline_and_the_notices_are_labelled_and_nothing_is_all_clear():
    pieces = words(sentence, LETTERS)
    note = Notice(NoticeKind.CORRECTION, "Correction: an earlier version said that 12 people died.")
    old = article(*paragraphs(pieces, 5), title="Fire kills 12 in Leeds")
    new = article(*paragraphs(shuffled(pieces), 5), title="Fire kills 13 in Leeds", notices=(note,))
    change = compare(old, new)
    assert is_coarse(change)
    assert {LabelKind.CORRECTION, LabelKind.HEADLINE, LabelKind.NUMBER} < change.kinds
    assert LabelKind.NOT_NOTED not in change.kinds
    assert {unit.noted for unit in change.units} <= {None, Noted.UNCLEAR}


@pytest.mark.timeout(20)
def test_many_notices_beside_many_edits_are_not_matched():
    pieces = words(sentence, 30_000)
    edited = [piece.replace("Monday", "Tuesday") for piece in pieces]
    many = tuple(Notice(NoticeKind.UPDATE, f"Updates with ward {n}, votes {n}, {NAMES[n % 6]}") for n in range(3000))
    old, new = article(*paragraphs(pieces, 5)), article(*paragraphs(edited, 5), notices=many)
    assert is_coarse(compare(old, new))
