"""Extractors as the judges call them: a page and its address in, a dictionary out."""

from __future__ import annotations

from typing import Any

from tracker.extract import read
from tracker.model import Article, BlockKind


def body(article: Article) -> str:
    """Return the news text with its notices in place, one block a line."""
    return "\n".join(b.text for b in article.blocks if b.editorial or b.kind is BlockKind.NOTICE)


def ours(html: str, url: str | None = None) -> dict[str, Any]:
    article = read(html.encode("utf-8", "surrogatepass"), url).article
    return {
        "body": body(article),
        "title": article.title,
        "authors": list(article.byline),
        "date": article.published.isoformat() if article.published else "",
    }


def ours_dek(html: str, url: str | None = None) -> dict[str, Any]:
    article = read(html.encode("utf-8", "surrogatepass"), url).article
    return {
        "body": "\n".join(part for part in (article.dek, body(article)) if part),
        "title": article.title,
        "authors": list(article.byline),
        "date": article.published.isoformat() if article.published else "",
    }
