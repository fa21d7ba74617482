import hashlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.articles import article
from tracker import compare
from tracker.alerts.message import name
from tracker.classify.label import RULES
from tracker.model.article import Article, Block, BlockKind, Notice, NoticeKind, count_words
from tracker.model.capture import Capture
from tracker.model.change import CORRECTIONS, LABELS, LabelKind, most_prominent_first
from tracker.model.source import Storm
from tracker.model.watch import CheckOutcome


def as_first_defined(article: Article) -> str:
    """Return the identity as the first release wrote it, with the json module."""
    identity = {
        "title": article.title,
        "dek": article.dek,
        "byline": list(article.byline),
        "blocks": [[block.kind.value, block.text] for block in article.editorial],
        "notices": [[notice.kind.value, notice.text] for notice in article.notices],
    } | ({"heading": article.heading} if article.heading else {})
    text = json.dumps(identity, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def test_every_character_is_hashed_as_it_always_was():
    # A text is written character by character, so that each needs to be tried but once.
    every = "".join(map(chr, (*range(0xD800), *range(0xE000, 0x110000))))
    article = Article(title="T", blocks=(Block(BlockKind.PARAGRAPH, every),))
    assert article.sha256 == as_first_defined(article)


def test_words_are_counted_in_chinese_and_a_comma_is_none() -> None:
    old, new = (article(text, title="桥梁") for text in ("两人受伤。", "五人受伤，一人死亡。"))
    change = compare(old, new)
    assert new.words > old.words >= 4
    assert change.words_added >= 4
    change = compare(article("The mayor spoke on Friday."), article("The mayor, Ann Lee, spoke on Friday."))
    assert (change.words_added, change.words_removed) == (2, 0)


@pytest.mark.parametrize("text", ["", "\ud800", "a\udfff", "\ud83d\ude00", '"\\\0\x7f\u2028é'])
def test_every_part_is_hashed_as_it_always_was(text):
    article = Article(
        title=text,
        heading=text,
        dek=text,
        byline=(text, "B"),
        blocks=(Block(BlockKind.QUOTE, text), Block(BlockKind.SUBHEAD, "S")),
        notices=(Notice(NoticeKind.CORRECTION, text),),
    )
    assert article.sha256 == as_first_defined(article)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0),
        ("Two  words\n", 2),
        ("“Ça alors !” – 3,5", 3),
        ("5 % – 3 $", 4),
        ("- … .", 0),
        ("市长辞职。", 4),
        ("東京でG7が開かれた", 9),
        ("ข่าว", 4),
        ("대통령이 말했다", 2),
    ],
)
def test_words_are_what_stands_between_spaces_or_characters_where_there_are_none(text: str, words: int) -> None:
    assert count_words(text) == words


def test_every_label_has_a_row_in_the_table_and_in_the_docs_and_a_rule():
    assert set(LABELS) == set(LabelKind)
    assert all(label.meaning for label in LABELS.values())
    of_pages = {LabelKind.UNPUBLISHED, LabelKind.RESTORED, LabelKind.ADDRESS, LabelKind.FLAP}
    assert set(RULES) == set(LabelKind) - of_pages
    given = ["dek", "lead", "number", "insert", "not-noted"]
    assert most_prominent_first(given) == ["not-noted", "number", "dek", "lead", "insert"]
    assert CORRECTIONS == (LabelKind.CORRECTION, LabelKind.CLARIFICATION, LabelKind.EDITORS_NOTE)
    page = (Path(__file__).parents[3] / "docs" / "explanation" / "labels.md").read_text(encoding="utf-8")
    rows = [f"| `{kind.value}` | {label.meaning} |" for kind, label in LABELS.items()]
    assert [line for line in page.partition("## Labels")[2].split("\n") if line.startswith("| `")] == rows


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        (["number", "not-noted"], "edit not noted by the outlet"),
        (["not-noted", "correction"], "correction"),
        (["insert"], "changed"),
    ],
)
def test_the_most_prominent_label_names_an_alert(kinds, expected):
    assert name({"type": "article.changed", "labels": [{"kind": kind} for kind in kinds]}) == expected


NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("content_type", "charset"),
    [
        ("text/html; charset=ISO-8859-1", "iso-8859-1"),
        ('text/html; Charset="windows-1252"; x=y', "windows-1252"),
        ("text/html", ""),
        ("", ""),
    ],
)
def test_the_charset_is_that_of_the_content_type(content_type: str, charset: str):
    url = "https://herald.example/"
    assert Capture(url, url, 200, (("content-type", content_type),), b"", NOW, "").charset == charset


@pytest.mark.parametrize(
    ("question", "outcomes"),
    [
        ("made_version", "new changed"),
        ("found_unchanged", "unchanged not-modified"),
        ("saw_page", "new changed unchanged not-modified"),
        ("compared", "changed unchanged not-modified"),
        ("saw_nothing", "refused failed"),
    ],
)
def test_what_an_outcome_says_of_the_article(question, outcomes):
    assert [str(each) for each in CheckOutcome if getattr(each, question)] == outcomes.split()


NOW_STATUS = datetime(2026, 11, 1, tzinfo=UTC)


def test_a_storm_holds_from_its_beginning_until_its_end():
    storm = Storm("s", NOW_STATUS, NOW_STATUS + timedelta(hours=1), 30, 30)
    minutes = (-1, 0, 59, 60)
    assert [storm.holds(NOW_STATUS + timedelta(minutes=each)) for each in minutes] == [False, True, True, False]
