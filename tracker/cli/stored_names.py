"""The names that a shell completes, read from the archive."""

from __future__ import annotations

from collections.abc import Iterator

from tracker.archive.articles import list_articles
from tracker.archive.opening import open_archive
from tracker.archive.sources import list_sources
from tracker.model.change import LABELS


def stored_names(kind: str, database: str) -> Iterator[tuple[str, str]]:
    """Yield each name of `kind` (article, source, story or label) with its description. Raises TrackerError."""
    with open_archive(database, readonly=True) as archive:
        if kind == "article":
            yield from ((article.id[:8], article.title or article.url) for article in list_articles(archive))
        elif kind == "source":
            yield from ((name, "") for name in list_sources(archive))
        elif kind == "story":
            yield from (
                (name, "") for name in sorted({name for each in list_articles(archive) for name in each.stories})
            )
        else:
            yield from ((label.value, definition.meaning) for label, definition in LABELS.items())
