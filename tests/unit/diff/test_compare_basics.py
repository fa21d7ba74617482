from __future__ import annotations

from tracker.diff import compare
from tracker.model import Article, Block, BlockKind, Op


def article(*paragraphs: str, **more) -> Article:
    return Article(blocks=tuple(Block(BlockKind.PARAGRAPH, p) for p in paragraphs), **more)


def test_the_same_article_has_an_empty_change():
    one = article("A first paragraph.", "A second one.", title="T", byline=("Ann Lee",))
    change = compare(one, one)
    assert change.is_empty
    assert [b.op for b in change.blocks] == [Op.SAME, Op.SAME]


def test_a_number_is_replaced_whole():
    change = compare(article("Prices rose 1.5 percent in May."), article("Prices rose 15 percent in May."))
    assert change.blocks[0].hunks == (("=", "Prices rose "), ("-", "1.5"), ("+", "15"), ("=", " percent in May."))
    assert change.blocks[0].sentences[0].op is Op.EDIT
