"""`writethru story`: articles about one event, and which outlet runs which version of its text."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice

import click

from tracker.archive.archive import Archive
from tracker.archive.articles import get_article
from tracker.archive.sources import stored_source
from tracker.archive.stories import get_story_book_of
from tracker.archive.versions import get_version
from tracker.classify.change_context import changed_facts
from tracker.diff.comparison import compare
from tracker.errors import NotKnown, UsageError
from tracker.model.story import Decision, Place, StoryDecisionKind
from tracker.render import plain
from tracker.render.text import counted, one_line, pad, wrap
from tracker.render.times import also_at, moment, span
from tracker.service.story_list import (
    StoryCursor,
    StoryLine,
    decide,
    get_or_name_story,
    list_stories,
    newest_stories,
    stories_of,
    stories_with,
    unknown_story,
)
from tracker.service.story_timelines import gather, listed_story, story_view
from tracker.stories.current_stories import CurrentStories, current_stories, find_story, is_ident
from tracker.stories.editions import untaken_corrections
from tracker.stories.propagation import Propagation
from tracker.views.change import ChangeView

from .. import options
from ..app import App, LazyGroup, verb
from ..versions import not_deleted
from .note import who

# A longer name would push the columns that matter off the screen.
MAX_OUTLET_CHARACTERS = 20
_EDIT_NAMES = {"added": "added", "edited": "changed", "removed": "left out"}
MAX_LISTED_STORIES = 50
# The newest events fill a screen; --history shows all.
MAX_EVENTS = 30
_ALIASES = {"pin": "add", "reject": "remove"}


class StoryGroup(LazyGroup):
    """A group in which `story ID` means `story show ID`, and `story` without a word `story list`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the arguments; if there are only options, they are those of `list`."""
        is_list = not args or (args[0].startswith("-") and args[0] not in ctx.help_option_names)
        return super().parse_args(ctx, ["list", *args] if is_list and not ctx.resilient_parsing else args)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; a word that is none is a story, unless another word follows it."""
        word, *rest = args
        if word in _ALIASES:
            return super().resolve_command(ctx, [_ALIASES[word], *rest])
        is_whole = not word.startswith("-") and all(each.startswith("-") for each in rest[:1])
        if is_whole and not ctx.resilient_parsing and word not in self.list_commands(ctx):
            args = ["show", *args]
        return super().resolve_command(ctx, args)


@click.group(
    cls=StoryGroup,
    table={"follow": (".add:follow", "Watch the articles that a story's articles link to, on the same host.")},
)
def story() -> None:
    """List stories across outlets, show which outlet runs which version, and correct which articles belong to a story.

    `story` alone means `story list`. `story ID` means `story show ID`, which also takes a story that has the name of a
    command. `stories` is another name of `story`.
    """


@verb("list", group=story)
@options.source("List only stories with an article of this source.")
@click.option("--copies", is_flag=True, help="List only stories in which an outlet copies another outlet's text.")
@click.option("--named", is_flag=True, help="List only stories that a person named.")
@click.option("--after", metavar="ID", default="", help="List only the stories that follow this one in the list.")
@options.limit("List at most this many. [default: 50, or all with --json]")
def list_(app: App, source: str, after: str, limit: int | None, *, copies: bool, named: bool) -> None:
    """List stories: articles about one event, across outlets. Those that changed last come first.

    A story is either named by a person, or found because its texts are about the same event; `story ID` says why.
    """
    most = limit or (None if app.settings.json else MAX_LISTED_STORIES)
    with app.archive() as archive:
        stored_source(archive, source)
        cursor = None
        if after:
            settled, name = chosen(archive, after)
            before = next(each for each in stories_of(archive, settled.stories[name]) if each.ident == name)
            cursor = StoryCursor(before.last, before.ident)
        if most is None or source or copies or named:
            # Filters may need any number of stories.
            lines = [each for each in list_stories(archive) if cursor is None or cursor.precedes(each)]
        else:
            lines = list(newest_stories(archive, most + 1, cursor).lines)
        found = _found(archive, lines, source, copies=copies, named=named)
        if app.settings.json:
            app.out.records(listed_story(line, each) for line, each in islice(found, most))
            return
        rows = []
        for line, each in islice(found, most):
            copied = sum(place.role == "copy" for place in each.places)
            is_name = line.title == line.ident and each.places
            title = each.places[0].headline if is_name else each.title or line.title
            counts = str(line.articles), str(len(line.outlets)), str(copied) if copied else "-"
            rows.append((short_name(line.ident), *counts, one_line(title)))
        more = next(found, None)
    none = "No stories yet. To name one: writethru add --story NAME URL… The service finds others by their texts."
    none = "No stories match." if source or copies or named else none
    app.out.table(("ID", "ARTICLES", "OUTLETS", "COPIES", "TITLE"), rows, none=none)
    if more:
        app.out.note(f"More stories follow: add --after {shlex.quote(rows[-1][0])}")


def _found(
    archive: Archive, lines: Iterable[StoryLine], source: str, *, copies: bool, named: bool
) -> Iterator[tuple[StoryLine, Propagation]]:
    """Yield the stories that match the filters; their first and newest versions show whose text it is."""
    for line in lines:
        if (source and source not in line.outlets) or (named and not line.named):
            continue
        found = gather(archive, line.settled, line.ident, most=1)
        if not copies or any(place.role == "copy" for place in found.places):
            yield line, found


def short_name(story: str) -> str:
    """Return a story as lists show it: the beginning of its ID, or the name that a person gave it."""
    return story[:8] if is_ident(story) else story


@verb(group=story)
@click.argument("ident", metavar="ID")
@click.option("--own", is_flag=True, help="Also show the sentences that each outlet added or changed.")
@click.option("--history", is_flag=True, help="Also show which versions each copy ran, and the whole time line.")
@click.option("--texts", nargs=2, metavar="A B", help="Show the newest texts of two of its articles side by side.")
def show(app: App, ident: str, *, own: bool, history: bool, texts: tuple[str, str] | None) -> None:
    """Show the corrections that copies never ran, the time line across outlets, and which outlet runs which version.

    ID is a story's ID or the start of it, its name or title, or an article in it.
    """
    with app.archive() as archive:
        settled, name = chosen(archive, ident)
        found = gather(archive, settled, name)
        pair = []
        for each in texts or ():
            tracked = get_article(archive, each)
            if all(place.article != tracked.id for place in found.places):
                raise NotKnown("this article is not part of the story", resource=each)
            pair.append(not_deleted(get_version(archive, tracked.id, tracked.versions)))
    if pair:
        left, right = pair
        change = compare(left.content, right.content)
        if app.settings.json:
            app.out.data(ChangeView.of(change, changed_facts(left.content, right.content, change)))
            return
        for side, shown in (("left", left), ("right", right)):
            app.out.wrapped(f"{side}: {one_line(shown.source)} v{shown.n}, seen {moment(shown.seen, app.now)} UTC")
        app.out.line(plain.side_by_side(change, width=app.out.width, style=app.out.style))
    elif app.settings.json:
        app.out.data(story_view(found, settled))
    else:
        _write(app, settled, found, own=own, history=history)


def chosen(archive: Archive, ident: str) -> tuple[CurrentStories, str]:
    """Return the stories connected with the one that `ident` names, and its name. Raises NotKnown or UsageError."""
    settled = stories_with(archive, ident)
    if found := find_story(settled, ident):
        return settled, found
    try:
        article = get_article(archive, ident)
    except NotKnown:
        raise unknown_story(archive, ident) from None
    # Not a name or an id of a story: perhaps an article in one.
    settled = current_stories(get_story_book_of(archive, [article.id]))
    stories = settled.of_article.get(article.id, ())
    if len(stories) > 1:
        raise UsageError("this article is part of several stories", resource=ident, hint=", ".join(stories))
    if not stories:
        hint = "to add it to one: writethru story add NAME ARTICLE"
        raise NotKnown("this article is not part of any story", resource=ident, hint=hint)
    return settled, stories[0]


def _write(app: App, settled: CurrentStories, found: Propagation, *, own: bool, history: bool) -> None:
    """Write a story: title, table, missing notices, and why each article is in it."""
    title = one_line(found.title) or "(no headline yet)"
    name = short_name(found.story)
    app.out.wrapped(title if name == title else f"{title}  ({name})")
    if name == title and found.places:
        app.out.wrapped(one_line(found.places[0].headline))
    if not found.places:
        app.out.note("None of its articles has been fetched yet. Run: writethru check")
        return
    copies = [place for place in found.places if place.role == "copy"]
    behind = sum(place.seen_behind for place in copies)
    unclear = sum(bool(place.behind) for place in copies) - behind
    uncorrected = sum(any(place.visited_since(notice.since) for notice in place.missing_notices) for place in copies)
    outlets = len({place.source for place in found.places})
    parts = [counted(len(found.places), "article"), counted(outlets, "outlet")]
    if copies:
        lacks = "lacks" if uncorrected == 1 else "lack"
        parts += [counted(len(copies), "copy", "copies"), f"{behind} behind", f"{uncorrected} {lacks} a notice"]
        parts += [f"{unclear} unclear"] if unclear else []
    app.out.line(" · ".join(parts))
    for line in (*_never_taken(app, found), *_time_line(app, found, whole=history)):
        app.out.line(line)
    app.out.line()
    head = ("ARTICLE", "OUTLET", "ROLE", "RUNS", "BEHIND", "MISSING", "OWN")
    app.out.table(head, [_place_row(place, found, app.now) for place in found.places])
    notes = list(_notes(app, settled, found))
    for line in [""] * bool(notes) + notes:
        app.out.line(line)
    if history or own:
        for line in _details(app, found, own=own, history=history):
            app.out.line(line)
    if own and not any(place.own_edits for place in found.places):
        app.out.note("No outlet added, changed or left out a sentence of a text that it copied.")


def _never_taken(app: App, found: Propagation) -> Iterator[str]:
    """Yield the corrections that copies never ran, each with these copies."""
    for each in untaken_corrections(found.places):
        yield ""
        text = f"Not run by every copy: {one_line(each.source)} v{each.version}, {moment(each.since, app.now)} UTC: "
        yield from wrap(text + one_line(each.text), app.out.columns, rest="  ")
        yield from wrap(each.count, app.out.columns, first="  ", rest="    ")
        for place, text_taken in each.copies:
            taken = each.state_of(place, text_taken)
            seen = f", last seen {moment(place.confirmed, app.now)} UTC" if place.confirmed else ""
            yield from wrap(f"{one_line(place.source)}: {taken}{seen}", app.out.columns, first="  ", rest="    ")


def _time_line(app: App, found: Propagation, *, whole: bool) -> Iterator[str]:
    """Yield what happened at which outlet, oldest first: the newest events, or the `whole` time line."""
    events = found.events if whole else found.events[-MAX_EVENTS:]
    places = {place.article: place for place in found.places}
    yield ""
    if len(events) < len(found.events):
        yield f"… {counted(len(found.events) - len(events), 'earlier event')}, see --history"
    for each in events:
        # A version whose predecessor was deleted has no labels, as a first version has none.
        what = ", ".join(each.labels) or f"“{one_line(each.headline)}”"
        at = pad(moment(each.seen, app.now), 13)
        text = f"{one_line(each.source)} v{each.version} {each.article[:8]} {what}"
        yield from wrap(text, app.out.columns, first=at, rest=" " * 13)
        lacking = " · ".join(f"{one_line(places[copy].source)} (runs v{places[copy].runs})" for copy in each.lacking)
        for line in (also_at(each.copies), f"not at {lacking}" if lacking else ""):
            yield from wrap(line, app.out.columns, first=" " * 13, rest=" " * 15) if line else ()


def _place_row(place: Place, found: Propagation, now: datetime) -> tuple[str, ...]:
    """Return an article of a story as a row: which version it runs, how far it is behind, and the notices it lacks."""
    newest = {each.article: each.runs for each in found.places if each.role == "origin"}
    runs = f"v{place.runs}" if place.runs else "-"
    if place.role == "copy" and place.origin in newest:
        runs += f" of {newest[place.origin]}"
    behind = "-"
    if place.behind_since is not None:
        behind = span((place.confirmed or now) - place.behind_since) if place.seen_behind else "unclear"
    is_copy = place.role == "copy"
    outlet = one_line(place.source)
    return (
        place.article[:8],
        outlet if len(outlet) <= MAX_OUTLET_CHARACTERS else outlet[: MAX_OUTLET_CHARACTERS - 1] + "…",
        place.role if place.online else f"{place.role}, gone",
        runs,
        behind if is_copy else "-",
        counted(len(place.missing_notices), "notice") if place.missing_notices else "-",
        str(len(place.own_edits)) if is_copy and place.own_edits else "-",
    )


def _notes(app: App, settled: CurrentStories, found: Propagation) -> Iterator[str]:
    """Yield why each article is in the story, and what its copy lacks."""
    width = app.out.columns
    articles = Counter(place.source for place in found.places)
    for place in found.places:
        lines = []
        if place.behind_since is not None:
            since = moment(place.behind_since, app.now)
            missing = (
                f", {counted(place.missing_words, 'word')} of the newest text missing" if place.missing_words else ""
            )
            if place.seen_behind:
                lines.append(f"{counted(place.behind, 'version')} behind since {since} UTC{missing}")
            else:
                lines.append(f"not visited since {since} UTC, when the text it copies changed")
        if place.cut:
            lines.append("shorter than the version it copies")
        for line in lines:
            yield from wrap(line, width, first=_label(place, articles), rest="  ")
    for place in found.places:
        home = settled.reason(place.article, found.story)
        if place.role == "own" and home is not None and home.reasons:
            state = "accepted" if settled.accepted(place.article, found.story) else f"proposed, {home.score:.2f}"
            text = f"{state}: {one_line(' · '.join(home.reasons))}"
            yield from wrap(text, width, first=_label(place, articles), rest="  ")


def _label(place: Place, articles: Mapping[str, int]) -> str:
    """Return the name of an outlet, with the id of the article where the outlet has several."""
    ident = f" ({place.article[:8]})" if articles[place.source] > 1 else ""
    return f"{one_line(place.source)}{ident}: "


def _details(app: App, found: Propagation, *, own: bool, history: bool) -> Iterator[str]:
    """Yield the history and the own sentences of each article."""
    for place in found.places:
        lines = []
        if history:
            lines += [f"v{run.version} at {moment(run.seen, app.now)} UTC ran v{run.runs}" for run in place.history]
        if own:
            for each in place.own_edits:
                both = f"{one_line(each.wire)} → {one_line(each.own)}"
                text = both if each.kind == "edited" else one_line(each.own or each.wire)
                lines.append(f"{_EDIT_NAMES[each.kind]}: {text}")
        if lines:
            yield ""
            yield f"{place.article[:8]}  {one_line(place.source)}"
        for line in lines:
            yield from wrap(line, app.out.columns, first=" " * 10, rest=" " * 12)


@verb(group=story)
@click.argument("ident", metavar="STORY")
@click.argument("articles", metavar="ARTICLE…", nargs=-1, required=True)
def add(app: App, ident: str, articles: tuple[str, ...]) -> None:
    """Add articles to a story and keep them there. STORY is created if it is new.

    Articles that were found automatically are added in the same way: only a person can remove them then.
    """
    with app.archive(readonly=False) as archive:
        said = decide(
            archive, *get_or_name_story(archive, ident), StoryDecisionKind.PIN, articles, at=app.now, by=who()
        )
    _say(app, said, "Added {articles} to {story}. Only a person can remove {them} now.")


@verb(group=story)
@click.argument("ident", metavar="STORY")
@click.argument("articles", metavar="ARTICLE…", nargs=-1, required=True)
def remove(app: App, ident: str, articles: tuple[str, ...]) -> None:
    """Remove articles from a story. The service never adds them back; a person can."""
    with app.archive(readonly=False) as archive:
        said = decide(archive, *chosen(archive, ident), StoryDecisionKind.REJECT, articles, at=app.now, by=who())
    _say(app, said, "Removed {articles} from {story}. The service never adds {them} back.")


@verb(group=story)
@click.argument("ident", metavar="STORY")
@click.argument("title", metavar="TITLE")
def rename(app: App, ident: str, title: str) -> None:
    """Give a story a title. Its ID, and the name used in rules, stay the same."""
    with app.archive(readonly=False) as archive:
        said = decide(archive, *chosen(archive, ident), StoryDecisionKind.RENAME, (), title, at=app.now, by=who())
    _say(app, said, "Gave {story} the title “{title}”.")


def _say(app: App, said: Decision, text: str) -> None:
    """Say what a decision did, in a sentence with the names of the story and its articles in braces."""
    idents = [each[:8] for each in said.articles]
    sentence = text.format(
        story=short_name(said.story),
        title=said.into,
        articles=f"{counted(len(idents), 'article')} ({', '.join(idents)})",
        them="it" if len(idents) == 1 else "them",
    )
    value = {"story": said.story, "verdict": str(said.verdict), "articles": list(said.articles), "into": said.into}
    app.out.say(value, sentence)
