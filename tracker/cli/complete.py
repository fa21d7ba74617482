"""Complete articles, sources, stories and labels in a shell, from the archive in use."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Final

import click
from click.shell_completion import CompletionItem
from click.types import StringParamType

from tracker.config.database import find_database
from tracker.errors import TrackerError

# Shells ask before they show so many, and each press of Tab reads the archive again.
MAX_COMPLETIONS: Final = 200
# IDs of alerts.
_OTHER: Final = ("key", "keys")
_BY_METAVAR: Final = {
    "ID": "article",
    "ID[@V": "article",
    "ID|OLD": "article",
    "ARTICLE": "article",
    "SOURCE": "source",
    "STORY": "story",
    "LABEL": "label",
}
_BY_NAME: Final[dict[tuple[str | None, str], str]] = {
    ("source", "NAME"): "source",
    ("story", "NAME"): "story",
    ("names", "NAME"): "source",
    ("name", ""): "source",
}


class StoredName(StringParamType):
    """A text that names a thing of one kind in the archive, such as a source."""

    def __init__(self, kind: str) -> None:
        self._kind = kind

    def shell_complete(self, ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Return what begins with `incomplete`; nothing if the archive cannot be read."""
        # Lists such as --label number,na are completed at their last word.
        before, comma, word = incomplete.rpartition(",")
        try:
            # The App that options such as --db have made, if any were given.
            app = ctx.find_root().obj
            found = stored_names(self._kind, find_database("", "") if app is None else app.database)
            known = list(islice((each for each in found if each[0].startswith(word)), MAX_COMPLETIONS))
        # An error message would end up in the line that is being typed.
        except TrackerError:
            return []
        return [CompletionItem(f"{before}{comma}{value}", help=text) for value, text in known]


def stored_names(kind: str, database: str) -> Iterator[tuple[str, str]]:
    """Yield each name of `kind` (article, source, story or label) with its description. Raises TrackerError."""
    # Every command line loads this module, and few are being completed.
    from tracker.archive import articles, opening, sources
    from tracker.model.change import LABELS

    with opening.open_archive(database, readonly=True) as archive:
        if kind == "article":
            yield from ((article.id[:8], article.title or article.url) for article in articles.list_articles(archive))
        elif kind == "source":
            yield from ((name, "") for name in sources.list_sources(archive))
        elif kind == "story":
            known = articles.list_articles(archive)
            yield from ((name, "") for name in sorted({name for each in known for name in each.stories}))
        else:
            yield from ((label.value, definition.meaning) for label, definition in LABELS.items())


def complete(params: list[click.Parameter]) -> None:
    """Let a parameter be completed if its name and metavar show the kind of its value."""
    for param in params:
        word = (param.metavar or "").strip("[]…,")
        kind = _BY_METAVAR.get(word) or _BY_NAME.get((param.name, word))
        # A parameter with a type of its own, such as a choice or a file, is completed by that.
        if kind is not None and type(param.type) is StringParamType and param.name not in _OTHER:
            param.type = StoredName(kind)
