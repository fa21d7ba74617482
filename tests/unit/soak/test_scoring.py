from dataclasses import asdict, replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.soak.scoring import ExpectedAlert, Score, ScoreReport, align, article_key, expected_result, score
from tracker.demo.schedule import Edition, demo_schedule
from tracker.model.article import Article, Block, BlockKind, Notice

BASES = {"ledger": "http://127.0.0.1:1", "courier": "http://127.0.0.2:2"}
SCHEDULE = demo_schedule()
EXPECTED = expected_result(SCHEDULE, BASES)


def article_of(edition: Edition) -> Article:
    """Return what a perfect extractor reads. A dateline may be a block of its own."""
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


def url(key: str) -> str:
    article = SCHEDULE.article(key)
    return BASES[article.outlet] + article.path


class Archive:
    """A perfect archive, for tests to spoil."""

    def __init__(self) -> None:
        self.versions: dict[str, list[Article]] = {
            url(article.key) + "?utm_source=rss": [article_of(edition) for edition in article.editions]
            for article in SCHEDULE.articles
        }

    def of(self, key: str) -> list[Article]:
        return self.versions[url(key) + "?utm_source=rss"]


def entry(alert: ExpectedAlert, message_id: str = "", **more: Any) -> dict[str, Any]:
    n, labels = (alert.n, [{"kind": "number"}]) if alert.n else (1, [{"kind": "unpublished"}])
    payload = {"rule": alert.rule, "url": alert.url + "?utm_source=rss", "version": n, "labels": labels}
    return {"id": message_id or repr(alert), "signed": True, "status": 204, "payload": payload} | more


LOG = [entry(alert) for alert in sorted(EXPECTED.alerts)]


def report(archive: Archive, log: list[dict[str, Any]] | None = None, interval: float = 1.0) -> ScoreReport:
    log = LOG if log is None else log
    return score(archive.versions, EXPECTED, log, interval=interval, end=SCHEDULE.duration)


def scored(archive: Archive, log: list[dict[str, Any]] | None = None, interval: float = 1.0) -> Score:
    return report(archive, log, interval).score


def test_a_perfect_archive_has_a_perfect_score() -> None:
    found = report(Archive())
    assert found.score.perfect, found.problems
    assert asdict(found.score) == {
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


def test_a_missed_version_is_reported_and_later_ones_keep_their_alerts() -> None:
    archive = Archive()
    del archive.of("bridge")[1]
    bridge = url("bridge")
    log = [entry(alert) for alert in EXPECTED.alerts if alert.url != bridge]
    log += [entry(replace(alert, n=alert.n - 1)) for alert in EXPECTED.alerts if alert.url == bridge and alert.n > 2]
    found = report(archive, log)
    assert (found.score.missed, found.score.false_versions, found.score.captured) == (1, 0, 20)
    assert (found.score.alerts_delivered, found.score.alerts_false) == (13, 0)
    assert any(problem.startswith("missed: ") and "v2" in problem for problem in found.problems)
    assert not found.score.perfect


def test_versions_online_for_less_than_a_check_interval_may_be_missed() -> None:
    archive = Archive()
    archive.of("hospital").pop()
    life = next(v for v in EXPECTED.versions[url("hospital")] if v.n == 2).seconds_online(SCHEDULE.duration)
    assert scored(archive, interval=1).missed == 1
    assert scored(Archive(), interval=life).missed == 0
    assert scored(archive, interval=life).missed == 0


def test_noise_stored_as_a_version_is_false() -> None:
    archive = Archive()
    versions = archive.of("tides")
    versions.append(replace(versions[0], blocks=(*versions[0].blocks, Block(BlockKind.PARAGRAPH, "See: Five walks"))))
    found = report(archive)
    assert found.score.false_versions == 1
    assert not found.score.perfect
    assert any("not published" in problem for problem in found.problems)


def test_a_text_that_comes_back_only_in_the_archive_is_false() -> None:
    archive = Archive()
    archive.of("budget").append(archive.of("budget")[0])
    assert scored(archive).false_versions == 1


def test_a_page_that_was_never_published_is_false() -> None:
    archive = Archive()
    archive.versions["http://127.0.0.1:1/"] = [Article(title="Front page")]
    assert scored(archive).false_versions == 1


def test_alerts_are_counted_missing_twice_repeated_false_and_forged() -> None:
    first, *rest = LOG
    assert scored(Archive(), rest).alerts_delivered == 13
    twice = scored(Archive(), [*LOG, first | {"id": "other"}])
    assert (twice.alerts_duplicated, twice.alerts_repeated) == (1, 0)
    again = scored(Archive(), [*LOG, first])
    assert (again.alerts_duplicated, again.alerts_repeated, again.perfect) == (0, 1, True)
    odd = scored(Archive(), [*LOG, entry(ExpectedAlert("Corrections", BASES["ledger"] + "/x", 2))])
    assert (odd.alerts_false, odd.perfect) == (1, False)
    forged = scored(Archive(), [*LOG, entry(ExpectedAlert("x", "http://x.test/", 2), signed=False, status=401)])
    assert (forged.alerts_unsigned, forged.alerts_false, forged.perfect) == (1, 0, False)


def test_the_key_of_an_article_covers_its_words_but_not_its_white_space() -> None:
    edition = SCHEDULE.article("bridge").editions[3]
    whole = article_of(edition)
    assert article_key(whole) == EXPECTED.versions[url("bridge")][3].key
    assert article_key(replace(whole, dek="")) != article_key(whole)
    assert article_key(replace(whole, notices=())) != article_key(whole)


@given(st.lists(st.sampled_from("abc"), max_size=8), st.data())
def test_any_part_of_what_was_published_matches(published: list[str], data: st.DataObject) -> None:
    picked = data.draw(st.lists(st.booleans(), min_size=len(published), max_size=len(published)))
    archived = [each for each, taken in zip(published, picked, strict=True) if taken]
    found = align(archived, published)
    assert None not in found
    assert found == sorted(set(found), key=lambda index: -1 if index is None else index)
    assert [published[index] for index in found if index is not None] == archived
