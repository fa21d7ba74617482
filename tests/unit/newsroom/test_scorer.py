from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

from hypothesis import given
from hypothesis import strategies as st

from tracker.model import Article, Block, BlockKind, Notice, Tracked, Version, VersionQuery
from tracker.newsroom import play
from tracker.newsroom.scorer import alert_of, align, score
from tracker.newsroom.truth import Due, key_of, truth
from tracker.urls import article_id, host_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracker.archive.archive import Archive
    from tracker.newsroom.play import Edition
    from tracker.newsroom.scorer import Score, Verdict

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
BASES = {"ledger": "http://127.0.0.1:1", "courier": "http://127.0.0.2:2"}
PLAY = play.demo()
TRUTH = truth(PLAY, BASES)


def article_of(edition: Edition) -> Article:
    """What a perfect extractor reads; a dateline cut off as a block of its own makes no difference."""
    first, *rest = edition.paragraphs
    head, dash, tail = first.partition(" — ")
    lead = [Block(BlockKind.DATELINE, f"{head} —"), Block(BlockKind.PARAGRAPH, tail)] if dash else []
    blocks = [*(lead or [Block(BlockKind.PARAGRAPH, first)]), *(Block(BlockKind.PARAGRAPH, text) for text in rest)]
    return Article(
        title=edition.title,
        dek=edition.dek,
        byline=edition.byline,
        blocks=(*blocks, Block(BlockKind.PROMO, "See: something")),
        notices=tuple(Notice(kind, text) for kind, text in edition.notes),
    )


class Archive:
    """The two reading methods the scorer needs, over lists."""

    def __init__(self) -> None:
        self.kept: dict[str, list[Article]] = {
            BASES[piece.outlet] + piece.path + "?utm_source=rss": [article_of(edition) for edition in piece.editions]
            for piece in PLAY.pieces
        }

    def of(self, key: str) -> list[Article]:
        piece = next(piece for piece in PLAY.pieces if piece.key == key)
        return self.kept[BASES[piece.outlet] + piece.path + "?utm_source=rss"]

    def articles(self) -> list[Tracked]:
        return [Tracked(article_id(url), "s", url, host_of(url), NOW) for url in self.kept]

    def versions(self, query: VersionQuery) -> Iterator[Version]:
        assert query.reverse
        for url, contents in self.kept.items():
            if article_id(url) == query.article:
                for n, content in enumerate(contents, start=1):
                    yield Version(query.article, n, url, NOW, content, "x", "y")


def entry(due: Due, ident: str = "", **more: Any) -> dict[str, Any]:
    n, labels = (due.n, [{"kind": "number"}]) if due.n else (1, [{"kind": "unpublished"}])
    payload = {"rule": due.rule, "url": due.url + "?utm_source=rss", "version": n, "labels": labels}
    return {"id": ident or repr(due), "signed": True, "status": 204, "payload": payload} | more


LOG = [entry(due) for due in sorted(TRUTH.due)]


def judged(archive: Archive, log: list[dict[str, Any]] | None = None, poll: float = 1.0) -> Verdict:
    return score(cast("Store", archive), TRUTH, LOG if log is None else log, poll=poll, end=PLAY.duration)


def scored(archive: Archive, log: list[dict[str, Any]] | None = None, poll: float = 1.0) -> Score:
    return judged(archive, log, poll).score


def test_a_perfect_archive_has_a_perfect_score() -> None:
    found = judged(Archive())
    assert found.score.perfect, found.faults
    assert found.score.as_dict() == {
        "schema": 1,
        "lived": 21,
        "captured": 21,
        "missed": 0,
        "false_versions": 0,
        "alerts_due": 14,
        "alerts_delivered": 14,
        "alerts_duplicated": 0,
        "alerts_repeated": 0,
        "alerts_false": 0,
        "alerts_unsigned": 0,
    }


def test_a_missed_version_is_named_and_later_ones_keep_their_alerts() -> None:
    archive = Archive()
    del archive.of("bridge")[1]
    url = BASES["ledger"] + PLAY.pieces[0].path
    log = [entry(due) for due in TRUTH.due if due.url != url]
    log += [entry(replace(due, n=due.n - 1)) for due in TRUTH.due if due.url == url and due.n > 2]
    found = judged(archive, log)
    assert (found.score.missed, found.score.false_versions, found.score.captured) == (1, 0, 20)
    assert (found.score.alerts_delivered, found.score.alerts_false) == (13, 0)
    assert any(fault.startswith("missed: ") and "v2" in fault for fault in found.faults)
    assert not found.score.perfect


def test_versions_that_lived_shorter_than_a_look_may_be_missed() -> None:
    archive = Archive()
    archive.of("hospital").pop()
    life = next(v for v in TRUTH.versions[BASES["ledger"] + PLAY.pieces[4].path] if v.n == 2).life(PLAY.duration)
    assert scored(archive, poll=1).missed == 1
    assert scored(Archive(), poll=life).missed == 0
    assert scored(archive, poll=life).missed == 0


def test_noise_kept_as_a_version_is_false() -> None:
    archive = Archive()
    kept = archive.of("tides")
    kept.append(replace(kept[0], blocks=(*kept[0].blocks, Block(BlockKind.PARAGRAPH, "See: Five walks"))))
    found = judged(archive)
    assert found.score.false_versions == 1
    assert not found.score.perfect
    assert any("false version" in fault for fault in found.faults)


def test_a_text_that_comes_back_only_in_the_archive_is_false() -> None:
    archive = Archive()
    archive.of("budget").append(archive.of("budget")[0])
    assert scored(archive).false_versions == 1


def test_an_address_that_was_never_printed_is_false() -> None:
    archive = Archive()
    archive.kept["http://127.0.0.1:1/"] = [Article(title="Front page")]
    assert scored(archive).false_versions == 1


def test_alerts_are_counted_missing_twice_repeated_false_and_forged() -> None:
    first, *rest = LOG
    assert scored(Archive(), rest).alerts_delivered == 13
    twice = scored(Archive(), [*LOG, first | {"id": "other"}])
    assert (twice.alerts_duplicated, twice.alerts_repeated) == (1, 0)
    again = scored(Archive(), [*LOG, first])
    assert (again.alerts_duplicated, again.alerts_repeated, again.perfect) == (0, 1, True)
    odd = scored(Archive(), [*LOG, entry(Due("Corrections", BASES["ledger"] + "/x", 2))])
    assert (odd.alerts_false, odd.perfect) == (1, False)
    forged = scored(Archive(), [*LOG, entry(Due("x", "http://x.test/", 2), signed=False, status=401)])
    assert (forged.alerts_unsigned, forged.alerts_false, forged.perfect) == (1, 0, False)


def test_the_truth_reads_as_json_lines() -> None:
    lines = [json.loads(line) for line in TRUTH.lines()]
    assert [line["ev"] for line in lines] == ["version"] * 21 + ["alert"] * 14
    assert {line["rule"] for line in lines if line["ev"] == "alert"} == {
        "The bridge",
        "Corrections",
        "Health figures",
        "Ledger headlines",
        "Taken down",
    }


def test_an_alert_names_labels_as_objects_or_as_words() -> None:
    payload = {"rule": "r", "url": "u", "version": 3, "labels": ["unpublished"]}
    assert alert_of(payload) == ("r", "u", 3, "unpublished")


def test_the_key_of_an_article_sees_its_words_and_not_its_blanks() -> None:
    edition = PLAY.pieces[0].editions[3]
    whole = article_of(edition)
    assert key_of(whole) == TRUTH.versions[BASES["ledger"] + PLAY.pieces[0].path][3].key
    assert key_of(replace(whole, dek="")) != key_of(whole)
    assert key_of(replace(whole, notices=())) != key_of(whole)


@given(st.lists(st.sampled_from("abc"), max_size=8), st.data())
def test_whatever_part_of_what_was_printed_was_kept_is_true(printed: list[str], data: st.DataObject) -> None:
    picked = data.draw(st.lists(st.booleans(), min_size=len(printed), max_size=len(printed)))
    kept = [each for each, taken in zip(printed, picked, strict=True) if taken]
    found = align(kept, printed)
    assert None not in found
    assert found == sorted(set(found), key=lambda index: -1 if index is None else index)
    assert [printed[index] for index in found if index is not None] == kept
