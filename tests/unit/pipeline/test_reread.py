import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.archives import inline, temporary_archive
from tests.articles import article
from tracker.archive.archive import Archive
from tracker.archive.articles import add_targets
from tracker.archive.commits import commit_check
from tracker.archive.readings import list_outdated
from tracker.archive.versions import latest_version, list_history
from tracker.extraction.learned_boilerplate import LearnedBoilerplate
from tracker.extraction.pool import ExtractPool
from tracker.model.article import Article, BlockKind, PageKind, Reading
from tracker.model.capture import Capture, Failure, FailureKind
from tracker.model.change import LabelKind, Significance
from tracker.model.source import Target
from tracker.model.version import NewVersion, Rereading, Version
from tracker.model.watch import Check, CheckOutcome, Intent
from tracker.pipeline.decide import judged_change
from tracker.pipeline.decision_context import DecisionContext
from tracker.pipeline.reread import Edit, read_again, review

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
FIRST = "Four people were hurt at the harbour on Tuesday, the fire service said."
SECOND = "Five people were hurt at the harbour on Tuesday, the fire service said."
REST = "The cause of the fire is not known, and the harbour stays closed to ships."
PROMO = "Sign up for our newsletter and never miss another story of the harbour."


def text(*paragraphs: str, title: str = "Fire at the harbour") -> Article:
    return article(*paragraphs, title=title)


def history(*contents: Article, extractor: str = "1") -> list[Version]:
    made: list[Version] = []
    for n, content in enumerate(contents, 1):
        seen = NOW + timedelta(hours=n)
        change = judged_change(made[-1], content, seen, DecisionContext()) if made else None
        previous = seen - timedelta(minutes=30) if made else None
        made.append(Version("aa", n, "https://s.test/a", seen, content, extractor, "0" * 64, previous, change))
    return made


def reading(article: Article, page: PageKind = PageKind.ARTICLE) -> Reading:
    return Reading(page, article, "main", "2")


def again(versions: list[Version], read: Mapping[int, Reading | Failure | str]) -> Any:
    return review(versions, read, LearnedBoilerplate(), "2")


def test_a_reread_page_says_who_read_it_and_keeps_the_classes_of_the_version_before() -> None:
    versions = history(text(FIRST, REST), text(SECOND, REST))
    made = again(versions, {1: reading(versions[0].content), 2: reading(versions[1].content)})
    assert [each.outcome for each in made.versions] == [Rereading.SAME, Rereading.SAME]
    assert [each.edit for each in made.versions] == [Edit.FIRST, Edit.UNCHANGED]
    assert not any(each.by_code for each in made.versions)
    assert [(each.n, each.extractor, each.content) for each in made.rereads] == [(1, "2", None), (2, "2", None)]
    assert made.changes == ()
    first, second = text(FIRST, REST), text(SECOND, REST)
    versions = history(first, second, extractor="2")
    beside = replace(second, blocks=(second.blocks[0], replace(second.blocks[1], kind=BlockKind.BOILERPLATE)))
    found = review(versions, {1: reading(first), 2: reading(beside)}, LearnedBoilerplate(), "2")
    assert [each.edit for each in found.versions] == [Edit.FIRST, Edit.UNCHANGED]
    assert all(each.content is None or each.content.text == second.text for each in found.rereads)


def test_what_the_code_changes_is_no_edit_of_the_outlet() -> None:
    versions = history(text(FIRST, REST, PROMO), text(SECOND, REST, PROMO))
    made = again(versions, {1: reading(text(FIRST, REST)), 2: reading(text(SECOND, REST))})
    assert [each.outcome for each in made.versions] == [Rereading.CODE, Rereading.CODE]
    assert made.versions[0].words == (0, len(PROMO.split()))
    assert made.versions[1].edit is Edit.UNCHANGED
    assert made.versions[1].before == made.versions[1].after
    assert LabelKind.NUMBER in made.versions[1].after
    (led,) = made.changes
    assert (led.n, led.change.words_added, led.change.words_removed) == (2, 1, 1)


def test_a_version_that_reads_like_the_one_before_is_marked_and_kept() -> None:
    versions = history(text(FIRST, REST), text(FIRST, REST, PROMO), text(SECOND, REST, PROMO))
    read = {1: reading(text(FIRST, REST)), 2: reading(text(FIRST, REST)), 3: reading(text(SECOND, REST))}
    made = again(versions, read)
    assert [each.edit for each in made.versions] == [Edit.FIRST, Edit.GONE, Edit.UNCHANGED]
    assert [each.no_edit for each in made.rereads] == [False, True, False]
    second, third = made.changes
    assert second.change.is_empty
    assert second.change.labels == ()
    assert second.change.significance is Significance.LOW
    assert LabelKind.NUMBER in third.change.kinds


def test_an_edit_that_was_none_is_found_again_and_a_text_that_comes_back_is_called_so() -> None:
    versions = history(text(FIRST, REST), text(FIRST, REST))
    versions[1] = replace(versions[1], no_edit=True)
    made = again(versions, {2: reading(text(SECOND, REST))})
    assert made.versions[1].edit is Edit.FOUND
    assert made.rereads[0].no_edit is False
    versions = history(text(FIRST, REST), text(SECOND, REST), text(FIRST, REST))
    made = again(versions, {n: reading(versions[n - 1].content) for n in (1, 2, 3)})
    (led,) = made.changes
    assert led.n == 3
    assert LabelKind.RESTORED in led.change.kinds
    assert again([*versions[:2], replace(versions[2], change=led.change)], {}).changes == ()


def test_what_cannot_be_read_today_keeps_its_text() -> None:
    versions = history(text(FIRST, REST), text(SECOND, REST), text(FIRST, SECOND, REST))
    failed = Failure(FailureKind.UNREADABLE, "it crashed its reader", "https://s.test/a")
    made = again(versions, {1: failed, 2: reading(text(SECOND), PageKind.PAYWALL), 3: "this page was deleted: age"})
    assert [each.outcome for each in made.versions] == [Rereading.UNREADABLE, Rereading.UNREADABLE, None]
    assert [each.detail for each in made.versions] == [
        "it crashed its reader",
        "it reads as paywall now",
        "this page was deleted: age",
    ]
    assert [each.content for each in made.rereads] == [None, None]
    assert made.changes == ()


def test_beside_what_was_taken_down_nothing_is_compared_and_a_gone_page_may_be_no_edit() -> None:
    versions = history(text(FIRST, REST, PROMO), text(FIRST, REST))
    made = again(versions, {1: reading(text(FIRST, REST)), 2: "this page was deleted: age"})
    assert made.versions[1].edit is Edit.GONE
    assert [(each.n, each.extractor, each.outcome, each.no_edit) for each in made.rereads] == [
        (1, "2", Rereading.CODE, False),
        (2, "1", Rereading.SAME, True),
    ]
    versions = history(text(FIRST, REST), text(SECOND, REST), text(FIRST, REST))
    versions[1] = replace(versions[1], content=Article(), change=None, removed="court")
    versions[2] = replace(versions[2], change=None)
    made = again(versions, {1: reading(text(FIRST, REST)), 3: reading(text(FIRST, REST))})
    assert made.changes == ()
    assert [each.edit for each in made.versions] == [Edit.FIRST, Edit.UNCHANGED, Edit.UNCHANGED]


class Reader(ExtractPool):
    """Reads every page without its promo, as extractor 2."""

    def __init__(self) -> None:
        super().__init__(1)
        self.read_pages = 0

    async def read(self, capture: Capture, *, prefer: str = "") -> Reading | Failure:
        self.read_pages += 1
        assert prefer in {"body", "main"}
        return reading(text(*(each for each in capture.body.decode().split("\n") if each != PROMO)))


def keep(archive: Archive, contents: list[tuple[str, ...]]) -> str:
    (tracked,) = add_targets(archive, "S", [Target("https://s.test/a")], NOW)
    before: Version | None = None
    for n, paragraphs in enumerate(contents, 1):
        at = NOW + timedelta(hours=n)
        content = text(*paragraphs)
        body = "\n".join(paragraphs).encode()
        page = Capture(tracked.url, tracked.url, 200, (), body, at, hashlib.sha256(body).hexdigest())
        change = judged_change(before, content, at, DecisionContext()) if before else None
        new = NewVersion(content, page, "1", "body", change)
        check = Check(tracked.id, at, CheckOutcome.CHANGED)
        assert commit_check(archive, Intent(tracked.id, check, n - 1, None, version=new)).version == n
        before = latest_version(archive, tracked.id)
    return tracked.id


async def test_reading_again_keeps_what_came_of_it_once() -> None:
    archive, reader = temporary_archive(), Reader()
    thread = inline(archive)
    ident = keep(archive, [(FIRST, REST), (FIRST, REST, PROMO), (SECOND, REST, PROMO)])
    dry = await read_again(thread, reader, ident, "2", NOW, dry_run=True)
    assert list_outdated(archive, "2") == [ident]
    made = await read_again(thread, reader, ident, "2", NOW)
    assert made == dry
    assert [each.edit for each in made.versions] == [Edit.FIRST, Edit.GONE, Edit.UNCHANGED]
    assert list_outdated(archive, "2") == []
    assert [each.no_edit for each in list_history(archive, ident)] == [False, True, False]
    assert [each.first_extractor for each in list_history(archive, ident)] == ["1"] * 3
    pages = reader.read_pages
    assert (await read_again(thread, reader, ident, "2", NOW)).is_empty
    assert reader.read_pages == pages
    assert (await read_again(thread, reader, ident, "2", NOW, everything=True)).is_empty
    assert reader.read_pages == pages + 3
