"""Stories by their order in `writethru stories`, or by name, without reading all the others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from tracker.archive.stories import get_story_book, save_decision
from tracker.archive.story_lists import (
    articles_watched_last,
    first_story_names,
    get_decided_story_book,
    get_story_book_of,
    story_ids_from,
    story_names_like,
)
from tracker.errors import NotKnown, did_you_mean
from tracker.stories.current_stories import (
    CurrentStories,
    begins_id,
    current_stories,
    find_story,
    is_ident,
    membership_changes,
)

if TYPE_CHECKING:
    from tracker.archive.archive import Archive
    from tracker.model.story import Decision

ARTICLES_PER_STORY: Final = 4  # a guess: too few cost another look-up of twice as many
MAX_LISTED: Final = 2000
"""Where more articles or names would have to be read, all are."""


def newest_first(settled: CurrentStories) -> list[str]:
    """Return the stories: named ones first, then those with the article that was watched last."""
    last = _last(settled)
    return sorted(settled.stories, key=lambda story: (not settled.title(story), -last[story], story))


def first_stories(
    archive: Archive, size: int, most: int = MAX_LISTED, per_story: int = ARTICLES_PER_STORY
) -> CurrentStories:
    """Return stories of which the first `size` in the order of `newest_first` are the first of all stories.

    At most `most` articles and names are looked up to find them: `per_story` for each story, and twice as many where
    that was too few.
    """
    limit = size * per_story
    while limit <= most:
        names = first_story_names(archive, limit)
        all_names = len(names) < limit
        articles = articles_watched_last(archive, limit, named=not all_names)
        settled = current_stories(get_decided_story_book(archive, articles, names))
        end = articles[-1] if len(articles) == limit else None
        if _complete(settled, size, end, "" if all_names else names[-1]):
            return settled
        limit *= 2
    return current_stories(get_story_book(archive))


def story_called(archive: Archive, name: str) -> CurrentStories | None:
    """Return the story with this id or name and those connected with it, None if no story has it.

    `find_story` finds the same in it as in all stories.
    """
    part = current_stories(get_story_book_of(archive, stories=[name]))
    return part if part.decisions.name(name) in part.stories else None


def stories_with(archive: Archive, name: str) -> CurrentStories:
    """Return the stories among which `find_story` finds the same for `name` as among all, and some more."""
    if found := story_called(archive, name):
        return found
    # Titles are decisions of people, so that their stories are read with those that people decided about.
    alike = [name.casefold(), *story_names_like(archive, name)]
    if begins_id(name):
        alike += story_ids_from(archive, name)
    return current_stories(get_decided_story_book(archive, stories=alike))


def get_story(archive: Archive, name: str) -> tuple[CurrentStories, str]:
    """Return the story that `find_story` finds for `name`, after the stories of `stories_with`. Raises NotKnown."""
    settled = stories_with(archive, name)
    story = find_story(settled, name)
    if story is None:
        raise unknown_story(archive, name)
    return settled, story


def record_decision(archive: Archive, settled: CurrentStories, decision: Decision) -> None:
    """Store a person's decision about one of the stories; articles join and leave named stories by it."""
    save_decision(archive, decision, *membership_changes(settled, decision))


def unknown_story(archive: Archive, wanted: str) -> NotKnown:
    """Return the error for a story that does not exist, with the most similar titles."""
    near = did_you_mean(wanted, _titles(archive, MAX_LISTED).values(), most=2)
    hint = near or "run `writethru stories` for a list, and give the whole title or the first letters of the ID"
    return NotKnown("no such story", resource=wanted, hint=hint)


def named_stories(archive: Archive, size: int) -> tuple[str, ...]:
    """Return the ids or names of the first `size` stories that people named, in the order of their titles."""
    titles = _titles(archive, size)
    return tuple(sorted(titles, key=lambda story: (titles[story].casefold(), story))[:size])


def _titles(archive: Archive, size: int) -> dict[str, str]:
    """Return the titles of stories that people named, at least the first `size` of them.

    Only the stories that people decided about are read; of the others, the names.
    """
    decided = current_stories(get_decided_story_book(archive))
    titles = {story: decided.title(story) for story in decided.stories if decided.title(story)}
    for name in first_story_names(archive, size):
        if not is_ident(name) and decided.decisions.name(name) == name:
            titles.setdefault(name, name)
    return titles


def _complete(settled: CurrentStories, size: int, last_article: str | None, last_name: str) -> bool:
    """Return whether no story is missing among the first `size`.

    Args:
        settled: the stories of the articles and names that were looked up, and those that people decided about.
        size: how many stories are to be listed.
        last_article: the last article that was looked up, None if there are no more.
        last_name: the last name that was looked up, "" if there are no more.
    """
    if last_article is None and not last_name:
        return True
    ordered, last = newest_first(settled), _last(settled)
    if len(ordered) < size:
        return False
    story = ordered[size - 1]
    named = bool(settled.title(story))
    if not last_name and named:
        return True
    if last_name and not named:
        return False
    if last_article is not None:
        return last[story] >= _places(settled)[last_article]
    return last[story] >= 0 or story <= last_name


def _last(settled: CurrentStories) -> Mapping[str, int]:
    """Return the place of each story's newest article, -1 where no article was put into a story automatically."""
    order = _places(settled)
    return {story: max(order.get(each, -1) for each in articles) for story, articles in settled.stories.items()}


def _places(settled: CurrentStories) -> Mapping[str, int]:
    return {article: place for place, article in enumerate(settled.homes)}
