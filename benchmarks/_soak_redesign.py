"""A hundred pages: edited, and the watcher killed meanwhile; in a new design, with not a word changed; some edited."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from _soak_score import words
from _soak_watchers import Page, watcher

from tests.soak import random_text
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


@dataclass(frozen=True, slots=True)
class Story:
    """What the outlet wrote, and the sentences that it adds."""

    number: int
    title: str
    dek: str
    author: str
    paragraphs: tuple[str, ...]
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


def stories(count: int) -> list[Story]:
    return [_story(number) for number in range(count)]


def _story(number: int) -> Story:
    rng = random.Random(f"redesign:{number}")
    return Story(
        number,
        random_text.headline(rng),
        random_text.dek(rng),
        random_text.name(rng),
        tuple(random_text.paragraph(rng) for _ in range(rng.randint(5, 11))),
        random_text.sentence(rng),
        random_text.sentence(rng),
    )


def old(story: Story, phase: str) -> str:
    """Return the page as the old system made it."""
    body = "\n".join(f"<p>{escape(each, quote=False)}</p>" for each in story.texts(phase))
    title = escape(story.title)
    return f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title} - The Alder Post</title>
<meta property="og:type" content="article"><meta name="author" content="{story.author}">
<meta name="description" content="{escape(story.dek)}"></head>
<body><div id="header"><a href="/">The Alder Post</a><ul class="nav"><li><a href="/local">Local</a></li>
<li><a href="/sport">Sport</a></li></ul></div>
<div id="content"><div class="article"><h1>{title}</h1><p class="standfirst">{escape(story.dek)}</p>
<p class="byline">By {story.author}</p>
<div class="article-body">{body}</div>
<p class="promo"><a href="/newsletter">Sign up for the Alder morning letter</a></p></div>
<div class="sidebar"><h3>Most read</h3><ul><li><a href="/a">Ferry stuck on sand bank for a night</a></li>
<li><a href="/b">Ten walks along the quay</a></li></ul></div></div>
<div id="footer"><p>Copyright 2026 Alder Post Company. All rights reserved.</p></div></body></html>"""


def new(story: Story, phase: str) -> str:
    """Return the same words as the new system shows them."""
    parts = [
        f'<div class="sc-1xq"><p class="css-9z e1">{escape(each, quote=False)}</p></div>' for each in story.texts(phase)
    ]
    parts.insert(2, '<div class="css-ad" data-slot="mid"><span>Advertisement</span></div>')
    related = '<h4>Related</h4><ul><li><a href="/c">Who owns the quay</a></li></ul>'
    parts.insert(4, f'<aside class="related-links">{related}</aside>')
    body = "\n".join(parts)
    title = escape(story.title)
    return f"""<!DOCTYPE html><html lang="en-US" class="theme"><head><meta charset="utf-8">
<title>{title} | Alder Post</title>
<meta property="og:type" content="article"><meta property="og:title" content="{title}">
<meta name="author" content="{story.author}"><meta name="description" content="{escape(story.dek)}">
<link rel="stylesheet" href="/v2.css"></head>
<body class="layout-v2"><header class="masthead"><nav><a href="/">Post</a> <a href="/live">Live</a>
<a href="/video">Video</a></nav></header><div class="consent-bar"><button>Cookie settings</button></div>
<main id="main"><article class="css-story"><header class="css-head"><h1 class="headline">{title}</h1>
<p class="css-dek dek">{escape(story.dek)}</p><div class="author-line"><span class="byline">By <a rel="author"
href="/staff/x">{story.author}</a></span></div><ul class="share-tools"><li><a href="#">Share</a></li></ul></header>
<section class="css-text article-text">{body}</section>
<section class="newsletter-box"><h3>The quay, by mail</h3><p>Every Friday, what matters on the water.</p>
<button>Subscribe</button></section></article>
<aside class="recirc"><h2>Trending</h2><ol><li><a href="/d">Mayor swims to work</a></li></ol></aside></main>
<footer class="foot"><small>© 2026 Alder Post. Terms of use apply.</small></footer></body></html>"""


class Site:
    """The outlet as one watcher sees it; its *phase* is set from outside."""

    def __init__(self, written: Sequence[Story]) -> None:
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
        text = (old if phase in {"old", "struck"} else new)(story, phase)
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


def _watch(site: Site, made: Watcher, urls: Mapping[str, Story], out: Redesigned) -> None:
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


def _judge(site: Site, urls: Mapping[str, Story], kept: Mapping[str, Sequence[State]], out: Redesigned) -> None:
    # Some keep whole seconds only.
    second, third = site.turned["new"] - 1, site.turned["edited"] - 1
    for url, story in urls.items():
        states = kept.get(url, ())
        out.redesign += sum(second <= state.at < third for state in states)
        late = [state for state in states if state.at >= third]
        is_seen = story.is_edited and _holds(late, story.texts("edited")[1])
        out.seen += is_seen
        out.beside += len(late) - is_seen
