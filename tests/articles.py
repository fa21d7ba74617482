"""Articles that tests compare."""

from typing import Any

from tracker.model.article import Article, Block, BlockKind


def article(*paragraphs: str | Block, **fields: Any) -> Article:
    """Return an article of these paragraphs; a block of another kind is given as it is."""
    blocks = tuple(each if isinstance(each, Block) else Block(BlockKind.PARAGRAPH, each) for each in paragraphs)
    return Article(blocks=blocks, **fields)
