"""The table of operations for signed-in users. Each is a form on the pages and a POST endpoint of the API."""

from __future__ import annotations

import asyncio
import hashlib
import re
from datetime import datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, Base64Bytes, BeforeValidator, Field

from tracker.addresses.urls import fetchable
from tracker.archive.archive import Archive
from tracker.archive.articles import find_articles, force_due, get_article
from tracker.archive.handins import save_handin
from tracker.archive.sources import stored_source
from tracker.archive.verdicts import save_verdict
from tracker.archive.versions import get_version
from tracker.config import edits
from tracker.config.file import rule_folders
from tracker.config.root import Config
from tracker.config.tables import Name, SourceConfig
from tracker.durations import format_duration, parse_duration
from tracker.errors import ArchiveError, ConfigError, NotKnown, UsageError
from tracker.extraction.pool import ExtractPool
from tracker.model.article import Article
from tracker.model.change import LabelKind, Weight
from tracker.model.source import Hub, HubKind, Listing
from tracker.model.story import StoryDecisionKind
from tracker.pipeline.settle import release_storm
from tracker.render.text import counted
from tracker.service.evidence_packages import Packer
from tracker.service.handins import read_handin
from tracker.service.probe import Prober, ProbeResult
from tracker.service.story_list import decide, get_or_name_story, get_story
from tracker.service.story_worker import follow_links, links_of_story
from tracker.service.verdicts import MAX_NOTE_CHARS, Opinion, verdict_on
from tracker.service.watchlist import Placement, add_probed, require_selector
from tracker.stories.current_stories import CurrentStories
from tracker.views.change import VerdictView
from tracker.views.json import Answer
from tracker.views.version import HandinView, handed_in
from tracker.web import links
from tracker.web.actions import Actions, Body, Nothing, Operation, OperationRequest, OperationResult, Said, parsed
from tracker.web.links import whole_number
from tracker.web.pages.add import Added, AddPage, ListedTarget, Previewed
from tracker.web.pages.alerts import ALERT_OPERATIONS, split_text

MAX_PREVIEW_SECONDS: Final = 30.0
MAX_SHOWN_TARGETS: Final = 12
MAX_SHOWN_PARAGRAPHS: Final = 3


class AddBody(Body):
    """An address to watch, and where it belongs."""

    url: str = Field(
        min_length=1, max_length=4000, description="the address of an article, feed, sitemap or section page"
    )
    kind: Literal["", "article", "feed", "sitemap", "page"] = Field(
        "", description="its kind; empty: it is fetched to find out"
    )
    source: str = Field("", max_length=80, description="the source it belongs to, which may be new; empty: by its site")
    story: str = Field("", max_length=80, description="the story it belongs to, which may be new")
    selector: str = Field("", max_length=500, description="section page only: CSS selector of the links to articles")
    pattern: str = Field("", max_length=500, description="section page only: take the links that match this expression")


def _preview_address(actions: Actions, request: OperationRequest[AddBody]) -> OperationResult:
    body, place = _placed(request.body)
    result = asyncio.run(look(request.settings, body))
    _, text = actions.read()
    config = parsed(text)
    outcome, _ = add_probed(text, config, result, place)  # as `writethru add --json` writes it
    listing = result.listing or Listing(HubKind.PAGE)
    article = result.reading.article if result.reading else Article()
    shown = Previewed(
        **outcome,
        headline=article.title,
        byline=list(article.byline),
        published=article.published,
        words=article.words,
        text=[block.text for block in article.editorial[:MAX_SHOWN_PARAGRAPHS]],
        targets=[ListedTarget(each.url, each.title, each.published) for each in listing.targets[:MAX_SHOWN_TARGETS]],
        warnings=list(listing.warnings),
    )
    named = tuple(each.name for each in config.sources)
    page = AddPage(given=body.model_dump(), read_only_reason="", preview=shown, sources=named)
    return OperationResult(page="/sources", value=shown, view=page)


def _add_address(actions: Actions, request: OperationRequest[AddBody]) -> OperationResult:
    body, place = _placed(request.body)
    # Whoever names the kind can watch an address that does not answer now.
    if body.kind:
        result = ProbeResult(body.url, None if body.kind == "article" else HubKind(body.kind))
    else:
        result = asyncio.run(look(request.settings, body))
    value: dict[str, Any] = {}

    def change(text: str) -> str:
        found, after = add_probed(text, parsed(text), result, place)
        value.update(found)
        return after

    actions.edit(change, request.now)
    if value["problem"]:
        raise UsageError(value["problem"], resource=body.url, hint="set kind to watch it without reading it first")
    state = "is watched now" if value["added"] else "is already watched"
    text = f"{value['url']} {state}, in {value['source']}."
    return OperationResult(text, links.source(value["source"]), Added(**value))


def _require_base64(value: object) -> object:
    # Python's decoder skips all other characters: a page that is sent as it is would be read as noise.
    if isinstance(value, str) and not re.fullmatch(r"[A-Za-z0-9+/=\s]*", value):
        raise ValueError("must be base64")
    return value


class HandinBody(Body):
    """A page that a person saved in their own browser, and their name."""

    file: Annotated[Base64Bytes, BeforeValidator(_require_base64)] = Field(
        description="saved page (HTML, SingleFile, MHTML or WACZ), in JSON as base64"
    )
    url: str = Field(min_length=1, max_length=4000, description="the address of the page")
    by: str = Field("", max_length=200, description="who hands it in; a user whom the proxy names is named in any case")
    at: Annotated[datetime | None, BeforeValidator(lambda value: value or None)] = Field(
        None, description="when the page was saved; without a time zone, in UTC; empty: not said"
    )


def _hand_in(actions: Actions, request: OperationRequest[HandinBody]) -> OperationResult:
    body, by = request.body, request.named or request.body.by
    sites = rule_folders(actions.config) if actions.config else []
    new = read_handin(body.file, body.url, by, body.at, limits=request.settings.fetch, sites=sites, now=request.now)
    with actions.archive() as archive:
        if find_articles(archive, [new.page.url]) == [None]:
            place = AddBody(url=new.page.url, kind="article")
            _add_address(actions, OperationRequest("", request.now, place, by, request.settings))
        stored = save_handin(archive, new, body.file)
    return OperationResult(
        f"{stored.name}: {handed_in(stored)}.", links.article(stored.page.article), HandinView.of(stored)
    )


def _placed(body: AddBody) -> tuple[AddBody, Placement]:
    """Return the request with its address as it is fetched, and where it is added. Raises UsageError."""
    try:
        require_selector(body.selector, pattern=body.pattern)
    except ConfigError as error:
        raise UsageError(error.message, hint=error.hint) from None
    place = Placement(body.source, body.story, body.selector, body.pattern)
    return body.model_copy(update={"url": fetchable(body.url)}), place


async def look(config: Config, body: AddBody) -> ProbeResult:
    """Fetch an address once and return the result; a hostile page is read in a child process that is killed."""
    links_of_page = body.selector or body.pattern
    hub = Hub("", HubKind.PAGE, body.url, body.selector, body.pattern) if links_of_page else None
    pool = ExtractPool(1)
    try:
        async with asyncio.timeout(MAX_PREVIEW_SECONDS), Prober(config, pool) as prober:
            return await (prober.look(body.url, hub) if hub else prober.find(body.url))
    except TimeoutError:
        kind = hub.kind if hub else None
        return ProbeResult(body.url, kind, problem=f"it took longer than {MAX_PREVIEW_SECONDS:g} s to read")
    finally:
        pool.close()


Interval = Annotated[
    str, AfterValidator(lambda text: format_duration(parse_duration(text)) if text else ""), Field(max_length=40)
]


class SourceBody(Body):
    """How a source is read."""

    poll: Interval = Field("", description='how often lists are read, as in "10m"; empty: the default')
    every: Interval = Field(
        "", description='how often an article is checked, as in "1h"; empty: as often as it changes'
    )
    include: str = Field("", max_length=2000, description="watch only addresses that match; one expression per line")
    exclude: str = Field("", max_length=2000, description="watch no address that matches; one expression per line")


class NameBody(Body):
    """The new name of a source."""

    name: Name


class AddressBody(Body):
    """An address that is no longer to be watched."""

    url: str = Field(min_length=1, max_length=4000, description="the address of a list or an article")


def _pause(actions: Actions, request: OperationRequest[Nothing], *, paused: bool) -> OperationResult:
    actions.edit(lambda text: edits.pause(text, request.name, paused=paused), request.now)
    text = f"{request.name} is paused." if paused else f"{request.name} is checked again."
    return OperationResult(text, links.source(request.name))


def _check(actions: Actions, request: OperationRequest[Nothing]) -> OperationResult:
    with actions.archive() as archive:
        stored_source(archive, request.name)
        force_due(archive, request.now, source=request.name)
    return OperationResult("It is due now; the running service will check it next.", links.source(request.name))


def _check_article(actions: Actions, request: OperationRequest[Nothing]) -> OperationResult:
    with actions.archive() as archive:
        ident = get_article(archive, request.name).id
        force_due(archive, request.now, articles=[ident])
    return OperationResult("It is due now; the running service will check it next.", links.article(ident))


def _release(actions: Actions, request: OperationRequest[Nothing]) -> OperationResult:
    with actions.archive() as archive:
        stored_source(archive, request.name)
        count = release_storm(archive, request.name, request.now)
    text = f"{counted(count, 'alert')} of {request.name} released. None is held again for a day."
    return OperationResult(text, links.source(request.name))


def _edit_source(actions: Actions, request: OperationRequest[SourceBody]) -> OperationResult:
    poll = format_duration(SourceConfig.model_fields["poll"].default)
    given: dict[str, tuple[Any, Any]] = {
        "poll": (request.body.poll or poll, poll),
        "every": (request.body.every, ""),
        "include": (split_text(request.body.include, "\n"), []),
        "exclude": (split_text(request.body.exclude, "\n"), []),
    }

    def change(text: str) -> str:
        for key, (value, default) in given.items():
            if key in request.body.model_fields_set:
                text = edits.set_key(text, "sources", request.name, key, value, default)
        return text

    actions.edit(change, request.now)
    return OperationResult(f"{request.name} saved. The running service will apply it.", links.source(request.name))


def _rename_source(actions: Actions, request: OperationRequest[NameBody]) -> OperationResult:
    count = actions.rename_source(request.name, request.body.name, request.now)
    text = f"Renamed {request.name} to {request.body.name}, with {counted(count, 'article')}."
    return OperationResult(text, links.source(request.body.name))


def _remove_source(actions: Actions, request: OperationRequest[Nothing]) -> OperationResult:
    actions.edit(lambda text: edits.remove(text, "sources", request.name), request.now)
    return OperationResult(f"{request.name} is no longer watched. Its stored versions stay.", "/sources")


def _remove_address(actions: Actions, request: OperationRequest[AddressBody]) -> OperationResult:
    actions.edit(lambda text: edits.remove_address(text, request.body.url), request.now)
    return OperationResult(
        f"{request.body.url} is no longer watched. Its stored versions stay.", links.source(request.name)
    )


_SOURCE: Final = "/sources/{name:path}"
_RENAME: Final = "Give a source another name. Versions stored so far keep the old one in the log."
_REMOVE_ADDRESS: Final = "Stop watching a feed, a sitemap, a section page or an article. Stored versions stay."


MAX_FOLLOWED: Final = 10
"""Links of one story that are followed at a time, as by `story follow`."""


Articles = Annotated[
    tuple[str, ...],
    BeforeValidator(lambda value: value.split() if isinstance(value, str) else value),
    Field(min_length=1, max_length=100, description="IDs or addresses"),
]


class ArticlesBody(Body):
    """Articles of a story."""

    articles: Articles


class StoryBody(ArticlesBody):
    """A story and the articles that belong to it."""

    story: str = Field(
        min_length=1, max_length=200, description="its name; a story of this name is made if there is none"
    )


class TitleBody(Body):
    """The title of a story."""

    title: str = Field(min_length=1, max_length=200, description="the new title")


class Grouped(Said, frozen=True):
    """A story that articles were added to or removed from.

    Attributes:
        articles: the IDs of the articles
    """

    story: str
    articles: list[str]


class Followed(Said, frozen=True):
    """A story whose links are followed.

    Attributes:
        urls: the addresses that were added to it
    """

    story: str
    urls: list[str]


def _add_to_story(
    actions: Actions, request: OperationRequest[StoryBody] | OperationRequest[ArticlesBody]
) -> OperationResult:
    """Add articles to the story of the path, or to the one that the body names, which may be new."""
    with actions.archive() as archive:
        if isinstance(request.body, StoryBody):
            settled, story = get_or_name_story(archive, request.body.story)
        else:
            settled, story = get_story(archive, request.name)
        articles = _decide(archive, request, settled, story, StoryDecisionKind.PIN)
    count = "1 article belongs" if len(articles) == 1 else f"{len(articles)} articles belong"
    text = f"{count} to the story now. Only a person can remove {'it' if len(articles) == 1 else 'them'}."
    return OperationResult(text, links.story(story), Grouped(text, story, articles))


def _remove_from_story(actions: Actions, request: OperationRequest[ArticlesBody]) -> OperationResult:
    with actions.archive() as archive:
        settled, story = get_story(archive, request.name)
        articles = _decide(archive, request, settled, story, StoryDecisionKind.REJECT)
        # A story without articles no longer exists, so it has no page.
        page = links.story(story) if len(articles) < len(settled.stories[story]) else "/stories"
    text = "Removed from the story. The service never adds it back; a person can."
    return OperationResult(text, page, Grouped(text, story, articles))


def _rename_story(actions: Actions, request: OperationRequest[TitleBody]) -> OperationResult:
    kind, title = StoryDecisionKind.RENAME, request.body.title
    with actions.archive() as archive:
        settled, story = get_story(archive, request.name)
        decide(archive, settled, story, kind, title=title, at=request.now, by=request.who)
    return OperationResult("The story has a new title. Its name in addresses and rules stays.", links.story(story))


def _follow(actions: Actions, request: OperationRequest[Nothing]) -> OperationResult:
    with actions.archive() as archive:
        settled, story = get_story(archive, request.name)
        found = links_of_story(archive, settled, story, MAX_FOLLOWED)
        follow_links(archive, request.settings, settled, story, found, request.now, request.who)
    count = "1 linked article is" if len(found) == 1 else f"{len(found)} linked articles are"
    text = f"{count} watched now, and part of the story." if found else "Its stored pages link to nothing new."
    return OperationResult(text, links.story(story), Followed(text, story, found))


def _decide(
    archive: Archive,
    request: OperationRequest[StoryBody] | OperationRequest[ArticlesBody],
    settled: CurrentStories,
    story: str,
    kind: StoryDecisionKind,
) -> list[str]:
    """Record a decision about articles and return their IDs. Raises NotKnown or UsageError."""
    try:
        said = decide(archive, settled, story, kind, request.body.articles, at=request.now, by=request.who)
    except NotKnown as error:
        error.hint = "watch the article first, at /add or with POST /api/v1/watch"
        raise
    return list(said.articles)


_STORY: Final = "/stories/{name:path}"
_GROUP: Final = "Add articles to a story, which may be new."


class VerdictBody(Body):
    """What a person says about a change; several labels are joined by commas."""

    weight: Literal["", "significant", "routine"] = Field("", description="how much the change matters")
    labels: Literal["", "right"] = Field("", description="right: the labels not named as wrong or missing are right")
    wrong: str = Field("", max_length=500, description="labels that the change should not have")
    missing: str = Field("", max_length=500, description="labels that the change should have")
    note: str = Field("", max_length=MAX_NOTE_CHARS, description="a note")
    link: str = Field("", max_length=4000, description="the address of the result, such as a correction")


def _judge(actions: Actions, request: OperationRequest[VerdictBody]) -> OperationResult:
    ident, _, text = request.name.rpartition("@")
    number = whole_number(text)
    if number is None:
        hint = "write the ID of the article, @ and the number of the version"
        raise UsageError("not the name of a change", resource=request.name, hint=hint)
    body = request.body
    opinion = Opinion(
        weight=Weight(body.weight) if body.weight else None,
        labels_right=bool(body.labels),
        wrong=_kinds(body.wrong),
        missing=_kinds(body.missing),
        note=body.note,
        link=body.link,
    )
    with actions.archive() as archive:
        version = get_version(archive, get_article(archive, ident).id, number)
        verdict = verdict_on(version, opinion, request.who, request.now)
        save_verdict(archive, verdict)
    page = links.diff(version.article, version.n - 1, version.n)
    return OperationResult("Verdict saved.", page, VerdictView.of(verdict))


class EvidenceBody(Body):
    """Two versions of an article."""

    old: int = Field(ge=1, description="the older version")
    new: int = Field(ge=1, description="the newer version")


class PackedEvidence(Answer, frozen=True):
    """The evidence of a change, as `writethru evidence` packs it.

    Attributes:
        file: a name for the file
        sha256: the SHA-256 of the file, in hexadecimal
        key: the public key to check it with
        content: the ZIP file, in base64
    """

    file: str
    sha256: str
    key: str
    content: bytes


def _pack_evidence(actions: Actions, request: OperationRequest[EvidenceBody]) -> OperationResult:
    span = (request.body.old, request.body.new)
    packer = Packer(actions.database, request.settings.archive, request.now)
    with actions.archive() as archive, TemporaryDirectory() as place:
        ident = get_article(archive, request.name).id
        get_version(archive, ident, request.body.new)  # raises NotKnown
        name = f"{ident}-v{span[0]}-v{span[1]}.zip"
        packed = packer.pack(archive, ident, span, Path(place, name))
        if isinstance(packed, list):
            damage = "; ".join(f"{each.what}: {each.how}" for each in packed)
            raise ArchiveError(f"nothing was packed, because {damage}", resource=ident, hint="run writethru verify")
        content = Path(place, name).read_bytes()
    value = PackedEvidence(name, hashlib.sha256(content).hexdigest(), packed[1].public, content)
    return OperationResult(f"{name} is packed.", links.diff(ident, *span), value, file=(name, content))


def _kinds(text: str) -> tuple[LabelKind, ...]:
    try:
        return tuple(LabelKind(word.strip()) for word in text.split(",") if word.strip())
    except ValueError:
        raise UsageError("no such label", resource=text, hint=f"labels are {', '.join(LabelKind)}") from None


_EVIDENCE: Final = "Pack the evidence of a change. If no checkpoint covers it, one is made."
OPERATIONS: Final[tuple[Operation, ...]] = (
    Operation(
        "/add", "Read an address without watching it.", AddBody, _preview_address, Previewed, True, "/api/v1/preview"
    ),
    Operation("/add/save", "Watch an address.", AddBody, _add_address, Added, True, "/api/v1/watch"),
    Operation(
        "/handin", "Hand in a saved page of your own browser.", HandinBody, _hand_in, HandinView, True, takes_file=True
    ),
    Operation(f"{_SOURCE}/pause", "Pause a source.", Nothing, partial(_pause, paused=True), Said),
    Operation(f"{_SOURCE}/resume", "Resume a source.", Nothing, partial(_pause, paused=False), Said),
    Operation(f"{_SOURCE}/check", "Make all articles and lists of a source due now.", Nothing, _check, Said),
    Operation(f"{_SOURCE}/release", "Send the held alerts of a source.", Nothing, _release, Said),
    Operation(f"{_SOURCE}/edit", "Change how a source is read.", SourceBody, _edit_source, Said),
    Operation(f"{_SOURCE}/rename", _RENAME, NameBody, _rename_source, Said),
    Operation(f"{_SOURCE}/remove-address", _REMOVE_ADDRESS, AddressBody, _remove_address, Said),
    Operation(f"{_SOURCE}/remove", "Stop watching a source. Its stored versions stay.", Nothing, _remove_source, Said),
    Operation("/articles/{name}/check", "Make an article due now.", Nothing, _check_article, Said),
    Operation("/articles/{name}/evidence", _EVIDENCE, EvidenceBody, _pack_evidence, PackedEvidence, slow=True),
    Operation(f"{_STORY}/put", "Add articles to a story.", ArticlesBody, _add_to_story, Grouped),
    Operation(f"{_STORY}/take-out", "Remove articles from a story.", ArticlesBody, _remove_from_story, Grouped),
    Operation(f"{_STORY}/rename", "Give a story a title.", TitleBody, _rename_story, Said),
    Operation(
        f"{_STORY}/follow", "Watch the pages that its articles link to on their own hosts.", Nothing, _follow, Followed
    ),
    Operation("/group", _GROUP, StoryBody, _add_to_story, Grouped, endpoint="/api/v1/stories"),
    *ALERT_OPERATIONS,
    Operation("/changes/{name}/verdict", "Judge a change.", VerdictBody, _judge, VerdictView),
)
