"""Stories a person has named: addresses, and sources whose every article belongs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.urls import identity

if TYPE_CHECKING:
    from tracker.config.root import Config
    from tracker.config.tables import SourceConfig


def stories_of(config: Config, source: SourceConfig, url: str) -> tuple[str, ...]:
    """Return the names of the stories that the article at *url*, found through *source*, belongs to."""
    key = identity(url)
    named = [story.name for story in config.stories if any(identity(each) == key for each in story.urls)]
    return tuple(dict.fromkeys(([source.story] if source.story else []) + named))
