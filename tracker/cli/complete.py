"""Complete articles, sources, stories and labels in a shell, from the archive in use."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Final

from click.types import StringParamType

from tracker.config.database import find_database
from tracker.errors import TrackerError

if TYPE_CHECKING:
    import click
    from click.shell_completion import CompletionItem

    from tracker.archive.archive import Archive

    # Values, each with its description.
    Found = Iterator[tuple[str, str]]

# Shells ask before they show so many, and each press of Tab reads the archive again.
MAX_COMPLETIONS: Final = 200


class StoredName(StringParamType):
    """A text of which the archive knows the values that make sense."""

    def __init__(self, find: Callable[[Archive], Found]) -> None:
        self._find = find

    def shell_complete(self, ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Return what begins with `incomplete`; nothing if the archive cannot be read."""
        from click.shell_completion import CompletionItem

        from tracker.archive.opening import open_archive

        # Lists such as --label number,na are completed at their last word.
        before, comma, word = incomplete.rpartition(",")
        try:
            # The App that options like --db have made on the way, if there were any.
            app = ctx.find_root().obj
            with open_archive(find_database("", "") if app is None else app.database, readonly=True) as archive:
                known = [(value, text) for value, text in self._find(archive) if value.startswith(word)]
        # An error message would end up in the line that is being typed.
        except TrackerError:
            return []
        return [CompletionItem(f"{before}{comma}{value}", help=text) for value, text in known[:MAX_COMPLETIONS]]


def complete(params: list[click.Parameter]) -> None:
    """Let parameters be completed whose name and metavar say what they hold."""
    for param in params:
        word = (param.metavar or "").strip("[]…,")
        of = _BY_METAVAR.get(word) or _BY_NAME.get((param.name, word))
        # A parameter with a type of its own, such as a choice or a file, is completed by that.
        if of is not None and type(param.type) is StringParamType and param.name not in _OTHER:
            param.type = StoredName(of)


def _articles(archive: Archive) -> Found:
    from tracker.archive.articles import list_articles

    return ((article.id[:8], article.title or article.url) for article in list_articles(archive))


def _sources(archive: Archive) -> Found:
    from tracker.archive.sources import list_sources

    return ((name, "") for name in list_sources(archive))


def _stories(archive: Archive) -> Found:
    from tracker.archive.articles import list_articles

    return ((name, "") for name in sorted({name for each in list_articles(archive) for name in each.stories}))


def _labels(_store: Archive) -> Found:
    from tracker.model.change import LABELS

    return ((kind.value, definition.meaning) for kind, definition in LABELS.items())


# IDs of alerts.
_OTHER: Final = ("key", "keys")
_BY_METAVAR: Final[dict[str, Callable[[Any], Found]]] = {
    "ID": _articles,
    "ID[@V": _articles,
    "ID|OLD": _articles,
    "ARTICLE": _articles,
    "SOURCE": _sources,
    "STORY": _stories,
    "LABEL": _labels,
    "KIND": _labels,
}
_BY_NAME: Final[dict[tuple[str | None, str], Callable[[Any], Found]]] = {
    ("source", "NAME"): _sources,
    ("story", "NAME"): _stories,
    ("names", "NAME"): _sources,
    ("name", ""): _sources,
}
