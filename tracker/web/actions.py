"""Actions of signed-in users: pause or check a source, accept a story, edit a rule. Each opens the archive to write."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from tracker.archive import open_archive
from tracker.archive.articles import force_due, get_article
from tracker.archive.sources import list_sources
from tracker.archive.stories import get_story_book, save_decision
from tracker.config import edits, parse
from tracker.errors import ConfigError, UsageError
from tracker.model.story import Decision, StoryDecisionKind
from tracker.stories.current_stories import current_stories, find_story, membership_changes, unknown_story

from . import links
from .rules import edited

if TYPE_CHECKING:
    from pathlib import Path

    from tracker.archive.archive import Archive


@dataclass(frozen=True)
class Actions:
    """Actions on the archive at `database` and the configuration file `config`, which is None if there is none.

    Each method returns the message to show to the user.
    """

    database: str
    config: Path | None

    def pause(self, source: str, now: datetime, *, paused: bool) -> str:
        """Pause or resume a source. Raises UsageError or ConfigError."""
        path = self._path()
        text = edits.pause(edits.read(path), source, paused=paused)
        self._save(path, text, now)
        return f"{source} is paused." if paused else f"{source} is checked again."

    def check(self, now: datetime, *, source: str = "", article: str = "") -> str:
        """Make a source or an article due now. Raises NotKnown or UsageError."""
        with self._store() as store:
            if article:
                force_due(store, now, articles=[get_article(store, article).id])
            else:
                _require_source(store, source)
                force_due(store, now, source=source)
        return "It is due now; the running service will check it next."

    def release(self, source: str, now: datetime) -> str:
        """Send the held alerts of a source, and hold none of its alerts for a day. Raises UsageError."""
        from tracker.pipeline.storm import release_storm

        with self._store() as store:
            _require_source(store, source)
            count = release_storm(store, source, now)
        return f"{count} alert{'s' * (count != 1)} of {source} released. None is held again for a day."

    def accept(self, story: str, now: datetime, who: str) -> str:
        """Confirm that all articles now in a story belong to it. Raises NotKnown."""
        with self._store() as store:
            settled = current_stories(get_story_book(store))
            ident = find_story(settled, story)
            if ident is None:
                raise unknown_story(settled, story)
            said = Decision(StoryDecisionKind.ACCEPT, ident, settled.stories[ident], at=now, by=who)
            save_decision(store, said, *membership_changes(settled, said))
        return "Story accepted. Only a person can remove these articles from it now."

    def edit_rule(self, name: str, form: Mapping[str, str], now: datetime) -> str:
        """Change a rule to the values in a form. Raises NotKnown, UsageError or ConfigError."""
        path = self._path()
        self._save(path, edited(edits.read(path), name, form), now)
        return f"Rule {name} saved. The running service will apply it."

    def _path(self) -> Path:
        if self.config is None or not self.config.exists():
            raise ConfigError("there is no configuration file", hint="to create one: writethru init")
        return self.config

    def _save(self, path: Path, text: str, now: datetime) -> None:
        from tracker.service.watchlist import sync

        config = parse(text.encode("utf-8"), str(path))
        edits.write(path, text)
        with self._store() as store:
            sync(store, config, now)

    def _store(self) -> closing[Archive]:
        return closing(open_archive(self.database))


def _require_source(store: Archive, name: str) -> None:
    if name not in list_sources(store):
        raise UsageError("there is no such source", resource=name)


@dataclass(frozen=True, slots=True)
class Order:
    """What a form asks for: the source, article, story or rule it is about, when, its fields, and who sent it."""

    name: str
    now: datetime
    form: Mapping[str, str]
    who: str


@dataclass(frozen=True, slots=True)
class Action:
    """A form: the path it is sent to, the page to show afterwards, and what to do."""

    path: str
    goal: Callable[[str], str]
    work: Callable[[Actions, Order], str]


ACTIONS: Final = (
    Action("/sources/{name:path}/pause", links.source, lambda do, it: do.pause(it.name, it.now, paused=True)),
    Action("/sources/{name:path}/resume", links.source, lambda do, it: do.pause(it.name, it.now, paused=False)),
    Action("/sources/{name:path}/check", links.source, lambda do, it: do.check(it.now, source=it.name)),
    Action("/sources/{name:path}/release", links.source, lambda do, it: do.release(it.name, it.now)),
    Action("/articles/{name}/check", links.article, lambda do, it: do.check(it.now, article=it.name)),
    Action("/stories/{name:path}/accept", links.story, lambda do, it: do.accept(it.name, it.now, it.who)),
    Action("/rules/{name:path}", lambda _: "/alerts", lambda do, it: do.edit_rule(it.name, it.form, it.now)),
)
