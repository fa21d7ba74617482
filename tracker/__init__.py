"""Writethru: every version of a news article, with its evidence, and what changed between them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tracker.archive import open_archive

    from .errors import TrackerError
    from .model import Article, Block, BlockKind, Change, Label, LabelKind, Notice, NoticeKind

__version__ = "0.1.0"

__all__ = [
    "Article",
    "Block",
    "BlockKind",
    "Change",
    "Label",
    "LabelKind",
    "Notice",
    "NoticeKind",
    "TrackerError",
    "__version__",
    "compare",
    "extract",
    "open_archive",
]

_HOMES = {"open_archive": "archive", "TrackerError": "errors"}


def extract(html: bytes, url: str | None = None) -> Article:
    """Return what a news page says: headline, dek, byline, dates, blocks with their class, notices.

    *html* is the page as it was served, bytes of any charset; *url* helps with dates and links.
    A page that is no article gives an Article with whatever could be read, possibly nothing.
    """
    from .extraction import read

    return read(html, url).article


def compare(old: Article, new: Article) -> Change:
    """Return what changed from *old* to *new*, with labels, significance and whether the outlet announced it."""
    from .classify import classify
    from .diff import compare as diff

    return classify(old, new, diff(old, new))


def __getattr__(name: str) -> Any:  # noqa: ANN401 - PEP 562: heavy names are imported when first asked for
    if name in __all__:
        from importlib import import_module

        return getattr(import_module(f".{_HOMES.get(name, 'model')}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
