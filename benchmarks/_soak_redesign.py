"""A hundred pages: edited, and the watcher killed meanwhile; in a new design, with not a word changed; some edited."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from _soak_score import words
from _soak_watchers import Page, watcher

from tests.soak import random_text
from tests.unit.pipeline import redesigns
from tracker.demo.http_server import HttpResponse, LoopbackServer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from _soak_watchers import State, Watcher

    from tracker.demo.http_server import HttpRequest

PHASES = ("old", "struck", "new", "edited")
"""The old design; the same with an edit on each page, at which the watcher is killed; the new design; more edits."""
_PATIENCE = 120.0
_SELECTOR = "h1, .standfirst, .byline, .article-body"


@dataclass(frozen=True)
class EditedStory(redesigns.Story):
    """What the outlet wrote, and the sentences that it adds."""

    first: str
    second: str

    @property
    def is_edited(self) -> bool:
        return self.number % 5 == 0

    def texts(self, phase: str) -> tuple[str, ...]:
        lead, next_, *rest = self.paragraphs
        if phase != "old":
            lead = f"{lead} {self.first}"
        if phase == "edited" and self.is_edited:
            next_ = f"{next_} {self.second}"
        return (lead, next_, *rest)

    def page(self, phase: str) -> str:
        """Return the page as the old system made it, or the new one without what names the text to machines."""
        current = replace(self, paragraphs=self.texts(phase))
        if phase in {"old", "struck"}:
            return redesigns.before(current)
        return redesigns.after(current).replace(' name="articleBody"', "")


@dataclass
class Redesigned:
    """What a watcher made of it.

    *survived* edits of those *fetched* were kept when it was killed; *redesign* counts versions for no word changed,
    *seen* the edits it saw afterwards, *beside* versions of pages that were not edited then.
    """

    pages: int
    edits: int
    fetched: int = 0
    survived: int = 0
    redesign: int = 0
    seen: int = 0
    beside: int = 0


def stories(count: int) -> list[EditedStory]:
    return [_story(number) for number in range(count)]


def _story(number: int) -> EditedStory:
    rng = random.Random(f"redesign:{number}")
    return EditedStory(
        number,
        random_text.headline(rng),
        random_text.dek(rng),
        random_text.name(rng),
        tuple(random_text.paragraph(rng) for _ in range(rng.randint(5, 11))),
        random_text.sentence(rng),
        random_text.sentence(rng),
    )


class Site:
    """The outlet as one watcher sees it; its *phase* is set from outside."""

    def __init__(self, written: Sequence[EditedStory]) -> None:
        self._stories = {f"/news/2026/story-{story.number}": story for story in written}
        self.asked = {phase: Counter[str]() for phase in PHASES}
        self.phase = PHASES[0]
        self.turned: dict[str, float] = {}

    def respond(self, request: HttpRequest) -> HttpResponse:
        story = self._stories.get(request.path)
        if story is None:
            return HttpResponse(404)
        phase = self.phase
        self.asked[phase][request.path] += 1
        text = story.page(phase)
        return HttpResponse(200, text.encode(), {"Content-Type": "text/html; charset=utf-8"})

    def turn(self, phase: str) -> None:
        self.phase = phase
        self.turned[phase] = time.time()

    def fetched(self) -> int:
        """Count the pages that were asked for in this phase."""
        return len(self.asked[self.phase])

    def wait(self, looks: int) -> None:
        """Wait until every page has been asked for so often from now on, for two minutes at most."""
        until = time.monotonic() + _PATIENCE
        before = self.asked[self.phase].copy()
        while time.monotonic() < until:
            now = self.asked[self.phase].copy()
            if all(now[path] - before[path] >= looks for path in self._stories):
                return
            time.sleep(0.1)

    def wait_for(self, pages: int) -> None:
        """Wait until so many pages have been asked for in this phase, for two minutes at most."""
        until = time.monotonic() + _PATIENCE
        while time.monotonic() < until and self.fetched() < pages:
            time.sleep(0.005)


def redesign(
    tools: Sequence[tuple[str, str]], folder: Path, count: int, every: float
) -> dict[tuple[str, str], Redesigned]:
    """Let every tool watch *count* pages of its own, each due *every* so many seconds, all at the same time."""
    found: dict[tuple[str, str], Redesigned] = {}
    threads = [threading.Thread(target=_one, args=(tool, folder, count, every, found)) for tool in tools]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {tool: found[tool] for tool in tools if tool in found}


def _one(
    tool: tuple[str, str], folder: Path, count: int, every: float, found: dict[tuple[str, str], Redesigned]
) -> None:
    name, how = tool
    home = folder / f"redesign-{name}-{how}"
    home.mkdir()
    written = stories(count)
    site = Site(written)
    with LoopbackServer(site.respond) as server:
        urls = {f"{server.base}/news/2026/story-{story.number}": story for story in written}
        pages = [Page(url, _SELECTOR if how == "selector" else "") for url in urls]
        made = watcher(name, home, pages, every, [server.base])
        if made is None:
            return
        out = Redesigned(count, sum(story.is_edited for story in written))
        _watch(site, made, urls, out)
        _judge(site, urls, made.states(), out)
        found[tool] = out


def _watch(site: Site, made: Watcher, urls: Mapping[str, EditedStory], out: Redesigned) -> None:
    made.start()
    try:
        for phase in PHASES:
            site.turn(phase)
            if phase == "struck":
                site.wait_for(len(urls) // 2)
                made.kill()
                out.fetched = site.fetched()
                kept = made.states()
                out.survived = sum(_holds(kept.get(url, ()), story.texts(phase)[0]) for url, story in urls.items())
                made.start()
            # The look that is under way when a phase ends may still be worked on: the second one is not.
            site.wait(2)
        time.sleep(2)
    finally:
        made.stop()


def _holds(states: Sequence[State], paragraph: str) -> bool:
    return any(words(paragraph) in words(state.text) for state in states)


def _judge(site: Site, urls: Mapping[str, EditedStory], kept: Mapping[str, Sequence[State]], out: Redesigned) -> None:
    # Some keep whole seconds only.
    second, third = site.turned["new"] - 1, site.turned["edited"] - 1
    for url, story in urls.items():
        states = kept.get(url, ())
        out.redesign += sum(second <= state.at < third for state in states)
        late = [state for state in states if state.at >= third]
        is_seen = story.is_edited and _holds(late, story.texts("edited")[1])
        out.seen += is_seen
        out.beside += len(late) - is_seen
