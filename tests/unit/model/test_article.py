"""The identity of a version: the hash that every stored version is known by."""

import hashlib
import json

import pytest

from tests.articles import article
from tracker import compare
from tracker.model.article import Article, Block, BlockKind, Notice, NoticeKind, count_words


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


def test_an_article_in_chinese_counts_what_was_added() -> None:
    old, new = (article(text, title="桥梁") for text in ("两人受伤。", "五人受伤，一人死亡。"))
    change = compare(old, new)
    assert new.words > old.words >= 4
    assert change.words_added >= 4


def test_a_comma_that_an_edit_adds_is_not_a_word() -> None:
    change = compare(article("The mayor spoke on Friday."), article("The mayor, Ann Lee, spoke on Friday."))
    assert (change.words_added, change.words_removed) == (2, 0)
