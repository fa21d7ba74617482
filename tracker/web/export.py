"""Export the pages as files that work from disk, for publishing an investigation. All links are relative."""

from __future__ import annotations

import hashlib
import posixpath
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from html import escape, unescape
from itertools import pairwise
from pathlib import Path
from typing import ClassVar, Final
from urllib.parse import parse_qsl, quote, unquote

from tracker.archive.articles import ArticleSummary, list_articles, summarise_articles
from tracker.archive.sources import list_sources
from tracker.archive.stories import get_story_book
from tracker.archive.summaries import list_summaries, words_by_version
from tracker.errors import UsageError
from tracker.exchange.export import Job, Selection
from tracker.model.version import VersionQuery, VersionSummary
from tracker.render.json import encode
from tracker.render.pictures.change_picture import change_png
from tracker.render.raster import can_draw
from tracker.service.story_list import StoryCursor, newest_stories
from tracker.stories.current_stories import current_stories

from . import links
from .data import CachedArchive
from .ledger import LEDGERS, Ledger, ledgers
from .page_request import PageRequest, View
from .pages.article import article
from .pages.change import FORMS, ChangePage, change
from .pages.changes import VersionLine, entries
from .pages.sources import source, sources
from .pages.stories import MAX_STORIES, place_text, stories, story
from .pages.version import version
from .templating import page as render
from .templating import statics

_MARK: Final = ".writethru-site"
"""The file that marks a folder with an earlier export, which may be overwritten. Other folders must be empty."""
_JUDGED_ONLY: Final = "judged changes only\n"
MAX_NEWEST_CHANGES: Final = 60
_ATTRIBUTE: Final = re.compile(r' (href|src|action)="([^"]*)"')
_LINK: Final = re.compile(r'<link [^>]*href="(/[^"]*)"[^>]*>\n?')
# Keys that people do not judge, and labels without a verdict. None of them comes first in its object.
_UNJUDGED: Final = re.compile(rb',"(?:significance":"[a-z]+"|classifier":\d+|shown":\[[^]]*](?=,"labels":null))')
_PLAIN: Final = re.compile(r"[^\w .,()'-]")


@dataclass(frozen=True)
class Contents(View):
    """The first page, which lists the articles of the site."""

    template: ClassVar[str] = "contents.html"
    title: ClassVar[str] = "Articles"
    newest: tuple[VersionLine, ...]
    articles: tuple[tuple[ArticleSummary, tuple[int, ...]], ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page to write: its path when served, the function that makes it, and the parameters in its path."""

    path: str
    make: Callable[[PageRequest], View]
    given: Mapping[str, str] = field(default_factory=dict)


def write(job: Job) -> None:
    """Write the pages of the articles selected by `job` into its folder, and count versions and pages.

    Raises UsageError if the folder contains other files.
    """
    folder = job.place
    _prepare(folder, job)
    cache = CachedArchive(job.archive, None if job.include_unjudged else job.verdicts)
    found = chosen(cache, job)
    summaries = [each for all_ in found.values() for each in all_]
    listed = [Sheet(*each) for each in ledgers(summaries, job)]
    # The pages of sources and stories count and compare changes that nobody judged.
    whole = job.include_unjudged and job.selection == Selection()
    sheets = [*of_articles(found), *listed, *(_around(cache) if whole else ())]
    # Where the version before was taken down, links to a change lead to its article.
    files = {links.led_to(each.article, each.n): file_of(links.article(each.article)) for each in summaries}
    files |= {"/": "index.html"} | {sheet.path: file_of(sheet.path) for sheet in sheets}
    for sheet in listed:
        files[f"{sheet.path}.atom"] = files[sheet.path].removesuffix("html") + "atom"
        # Links to an outlet that has no page lead to its first ledger.
        files.setdefault(sheet.path.rpartition("/")[0], files[sheet.path])
    drawn = [sheet.path for sheet in sheets if sheet.make is change and "?" not in sheet.path and can_draw()]
    files |= {f"{path}.png": files[path].removesuffix("html") + "png" for path in drawn}
    tally = job.tally
    request = PageRequest(cache, job.now)
    named = [(f"/{name}", title) for name, (title, _) in LEDGERS.items()]
    nav = [("/", "Articles"), *named, *((("/stories", "Stories"), ("/sources", "Sources")) if whole else ())]
    frame = {"now": job.now, "nav": nav, "site": True, "judged_only": not job.include_unjudged}
    _write(folder, "/", render(contents(cache, found), section="/", **frame), files)
    for sheet in sheets:
        path, _, query = sheet.path.partition("?")
        # In its JSON, a list gives the address of the next page after this one.
        view = sheet.make(replace(request, path=sheet.given, query=dict(parse_qsl(query)), here=f"{path}.json"))
        section = f"/{path.split('/')[1]}" if path.split("/")[1] != "articles" else "/"
        _write(folder, sheet.path, render(view, section=section, **frame), files)
        if not query:
            _write_beside(job, view, path, files)
        tally.pages += 1
        tally.versions += sheet.make is version
        if job.progress:
            job.progress(tally)
    for each in statics().values():
        file = folder / each.path.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(each.body)


def chosen(cache: CachedArchive, job: Job) -> dict[str, list[VersionSummary]]:
    """Return the versions of every selected article, oldest first, without those that were taken down."""
    selection = job.selection
    idents = selection.articles or [each.id for each in list_articles(cache.archive, source=selection.source or None)]
    found = {}
    for ident in dict.fromkeys(idents):
        within = replace(selection, articles=(ident,), source="").query()
        if list_summaries(cache.archive, replace(within, limit=1)):
            # An article is exported whole: its page links to the versions outside the period too.
            glances = list_summaries(cache.archive, VersionQuery(article=ident, reverse=True))
            found[ident] = [each for each in glances if not each.removed]
    return found


def of_articles(found: Mapping[str, Sequence[VersionSummary]]) -> Iterator[Sheet]:
    """Yield the pages of articles: each article, its versions, its changes in every view, and first to newest."""
    for ident, glances in found.items():
        yield Sheet(links.article(ident), article, {"ident": ident})
        numbers = [each.n for each in glances]
        for n in numbers:
            yield Sheet(links.version(ident, n), version, {"ident": ident, "n": str(n)})
        pairs = list(pairwise(numbers))
        if len(numbers) > 2:
            pairs.append((numbers[0], numbers[-1]))
        for old, new in dict.fromkeys(pairs):
            given = {"ident": ident, "old": str(old), "new": str(new)}
            for form in FORMS:
                view = "" if form == FORMS[0] else f"?view={form}"
                yield Sheet(links.diff(ident, old, new) + view, change, given)


def contents(cache: CachedArchive, found: Mapping[str, Sequence[VersionSummary]]) -> Contents:
    """Return the first page."""
    changes = sorted((each for all_ in found.values() for each in all_ if each.n > 1), key=lambda each: each.seen)
    briefs = summarise_articles(cache.archive, list(found))
    words = words_by_version(cache.archive, list(found))
    ordered = sorted(briefs.values(), key=lambda each: each.last_change or each.first_seen, reverse=True)
    newest = entries(cache, changes[::-1][:MAX_NEWEST_CHANGES], shown=MAX_NEWEST_CHANGES)
    return Contents(newest, tuple((each, words[each.ident]) for each in ordered))


def file_of(path: str) -> str:
    """Return the file name of a page, given its path when served."""
    bare, _, query = path.partition("?")
    parts = [_name(unquote(part)) for part in bare.strip("/").split("/")]
    if query:
        parts[-1] += "." + _name(query.replace("=", "-"))
    return "/".join(parts) + ".html"


def relative(page: str, wanted: str) -> str:
    """Return the relative link from the file of a page to another file."""
    return quote(posixpath.relpath(wanted, posixpath.dirname(page)), safe="/.'(),-_~")


def rewritten(html: str, page: str, files: Mapping[str, str]) -> str:
    """Return a page with links that work from disk. Links to pages outside the site are removed."""

    def target(address: str) -> str | None:
        path, mark, fragment = unescape(address).partition("#")
        if path.startswith("/static/"):
            return relative(page, path.lstrip("/"))
        if path in files:
            return relative(page, files[path]) + mark + fragment
        return None

    def attribute(found: re.Match[str]) -> str:
        name, value = found[1], found[2]
        if not value.startswith("/"):
            return found[0]
        moved = target(value)
        return f' {name}="{escape(moved)}"' if moved is not None else ""

    # First the <link> elements, whole: without its address one would still be a feed to a browser.
    without = _LINK.sub(lambda found: found[0] if target(found[1]) is not None else "", html)
    return _ATTRIBUTE.sub(attribute, without)


def _around(cache: CachedArchive) -> Iterator[Sheet]:
    """Yield the pages of stories and sources. They describe the whole archive, so partial exports leave them out."""
    after: StoryCursor | None = None
    while True:
        yield Sheet(f"/stories{links.query({'after': place_text(after)})}", stories)
        after = newest_stories(cache.archive, MAX_STORIES, after).after
        if after is None:
            break
    for ident in current_stories(get_story_book(cache.archive)).stories:
        yield Sheet(links.story(ident), story, {"name": ident})
    yield Sheet("/sources", sources)
    for name in list_sources(cache.archive):
        yield Sheet(links.source(name), source, {"name": name})


def _write(folder: Path, path: str, html: str, files: Mapping[str, str]) -> None:
    file = folder / files[path]
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(rewritten(html, files[path], files), encoding="utf-8")


def _write_beside(job: Job, view: View, path: str, files: Mapping[str, str]) -> None:
    def address(to: str) -> str:
        return f"{job.base}/{quote(files[to])}" if job.base else relative(files[path], files[to])

    answer = encode(view.answer())
    file = job.place / files[path]
    file.with_suffix(".json").write_bytes(answer if job.include_unjudged else _UNJUDGED.sub(b"", answer))
    if isinstance(view, Ledger):
        file.with_suffix(".atom").write_text(view.feed(address), encoding="utf-8")
    elif isinstance(view, ChangePage) and f"{path}.png" in files and view.can_draw:
        file.with_suffix(".png").write_bytes(change_png(view.picture))


def _prepare(folder: Path, job: Job) -> None:
    if folder.exists() and not folder.is_dir():
        raise UsageError("this is a file, not a folder", resource=str(folder), hint="give the name of a folder")
    if folder.exists() and any(folder.iterdir()) and not (folder / _MARK).exists():
        raise UsageError("the folder is not empty", resource=str(folder), hint="give a new folder; nothing was written")
    folder.mkdir(parents=True, exist_ok=True)
    mark, judged_only = folder / _MARK, not job.include_unjudged
    if judged_only and mark.exists() and _JUDGED_ONLY not in mark.read_text(encoding="utf-8"):
        what = "the folder holds a site with labels that nobody judged"
        raise UsageError(what, resource=str(folder), hint="give a new folder, or --include-unjudged")
    mark.write_text("writethru export --format site writes here\n" + _JUDGED_ONLY * judged_only, encoding="utf-8")


def _name(text: str) -> str:
    """Return a file name that is valid on any file system. A name that had to be changed ends in a hash."""
    plain = _PLAIN.sub("_", text).strip() or "_"
    short = plain[:80]
    if short == text:
        return text
    return f"{short}-{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"
