"""Write what was extracted from a page: metadata with its sources, classes of blocks, what was left out."""

from __future__ import annotations

from collections.abc import Iterator

from tracker.model.article import Block, BlockKind, Reading

from .text import facts, one_line, wrap
from .times import iso


def meta(found: Reading, width: int | None) -> Iterator[str]:
    """Yield the kind of page and every field that was found, with the part of the page that it came from."""
    page = found.article
    kind = found.page.value + (f" ({found.detail})" if found.detail else "")
    rows = (
        ("page", kind, ""),
        ("title", page.title, "title"),
        ("dek", page.dek, "dek"),
        ("byline", ", ".join(page.byline), "byline"),
        ("published", iso(page.published) or "", "published"),
        ("modified", iso(page.modified) or "", "modified"),
        ("section", page.section, "section"),
        ("language", page.lang, "lang"),
        ("address", page.canonical_url, "canonical_url"),
        ("text from", dict(page.fields).get("body") or found.container, ""),
        ("words", str(page.words), ""),
    )
    origins = {field: f" [{origin}]" for field, origin in page.fields}
    yield from facts(((name, value + origins.get(field, "")) for name, value, field in rows if value), width, 11)


def classes(found: Reading, width: int | None) -> Iterator[str]:
    """Yield every block with its class: x and the reason if it is not news text, ! if it is a notice."""
    for block in found.article.blocks:
        yield ""
        yield from _block(block, width)
    yield from notices(found, width)


def removed(found: Reading, width: int | None) -> Iterator[str]:
    """Yield the blocks that are not news text, each with the reason."""
    out = [block for block in found.article.blocks if not block.editorial and block.kind is not BlockKind.NOTICE]
    yield f"left out: {len(out)} of {len(found.article.blocks)} blocks"
    for block in out:
        yield ""
        yield from _block(block, width)


def notices(found: Reading, width: int | None) -> Iterator[str]:
    """Yield the notices that are only in the page's JSON-LD, not in its text."""
    blocks = {block.text for block in found.article.blocks}
    for notice in (each for each in found.article.notices if each.text not in blocks):
        yield ""
        yield from wrap(one_line(notice.text), width, first=f"! {notice.kind.value}: ", rest="  ")


def _block(block: Block, width: int | None) -> list[str]:
    sign = " " if block.editorial else "!" if block.kind is BlockKind.NOTICE else "x"
    why = f" ({one_line(block.reason)})" if block.reason and not block.editorial else ""
    return wrap(f"{one_line(block.text)}{why}", width, first=f"{sign} {block.kind.value:<11} ", rest=" " * 14)
