"""Write a story for people: a table of which outlet runs what, then missing notices and why each article is in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.render import one_line
from tracker.render.times import moment, span
from tracker.render.wrap import wrap
from tracker.stories.decisions import is_ident

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from tracker.model.place import OwnEdit, Place
    from tracker.stories.current_stories import CurrentStories
    from tracker.stories.propagation import Propagation

    from ..app import App

MAX_OUTLET_CHARACTERS = 20
_EDIT_NAMES = {"added": "added", "edited": "changed", "removed": "left out"}


def write(app: App, settled: CurrentStories, found: Propagation, *, own: bool, history: bool) -> None:
    """Write a story: title, table, missing notices, and why each article is in it."""
    title = one_line(found.title) or "(no headline yet)"
    name = found.story[:8] if is_ident(found.story) else found.story
    app.out.wrapped(title if name == title else f"{title}  ({name})")
    if name == title and found.places:
        app.out.wrapped(one_line(found.places[0].headline))
    if not found.places:
        app.out.note("None of its articles has been fetched yet. Run: writethru check")
        return
    app.out.line(_counted(found))
    app.out.line()
    head = ("ARTICLE", "OUTLET", "ROLE", "RUNS", "BEHIND", "MISSING", "OWN")
    app.out.table(head, [_row(place, found, app.now) for place in found.places])
    notes = list(_notes(app, settled, found))
    for line in [""] * bool(notes) + notes:
        app.out.line(line)
    if history or own:
        for line in _details(app, found, own=own, history=history):
            app.out.line(line)


def _counted(found: Propagation) -> str:
    copies = [place for place in found.places if place.role == "copy"]
    behind = sum(bool(place.behind) for place in copies)
    uncorrected = sum(bool(place.missing_notices) for place in copies)
    outlets = len({place.source for place in found.places})
    parts = [_count(len(found.places), "article"), f"{_count(outlets, 'outlet')}"]
    if copies:
        parts += [_count(len(copies), "copy", "copies"), f"{behind} behind", f"{uncorrected} lack a notice"]
    return " · ".join(parts)


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"


def _row(place: Place, found: Propagation, now: datetime) -> tuple[str, ...]:
    newest = {each.article: each.runs for each in found.places if each.role == "origin"}
    runs = f"v{place.runs}" if place.runs else "-"
    if place.role == "copy" and place.origin in newest:
        runs += f" of {newest[place.origin]}"
    behind = "-"
    if place.behind_since is not None:
        behind = span((place.confirmed or now) - place.behind_since)
    is_copy = place.role == "copy"
    outlet = one_line(place.source)
    return (
        place.article[:8],
        outlet if len(outlet) <= MAX_OUTLET_CHARACTERS else outlet[: MAX_OUTLET_CHARACTERS - 1] + "…",
        place.role if place.online else f"{place.role}, gone",
        runs,
        behind if is_copy else "-",
        _count(len(place.missing_notices), "notice") if place.missing_notices else "-",
        str(len(place.own_edits)) if is_copy and place.own_edits else "-",
    )


def _notes(app: App, settled: CurrentStories, found: Propagation) -> Iterator[str]:
    width = app.out.columns
    for place in found.places:
        for line in _of_place(place, app.now):
            yield from wrap(line, width, first=f"{place.article[:8]}  ", rest=" " * 10)
    for place in found.places:
        home = settled.reason(place.article, found.story)
        if place.role == "own" and home is not None and home.reasons:
            state = "accepted" if settled.accepted(place.article, found.story) else f"proposed, {home.score:.2f}"
            text = f"{state}: {one_line(' · '.join(home.reasons))}"
            yield from wrap(text, width, first=f"{place.article[:8]}  ", rest=" " * 10)


def _of_place(place: Place, now: datetime) -> Iterator[str]:
    if place.behind_since is not None:
        words = f", {place.missing_words} words of the newest text are missing" if place.missing_words else ""
        versions = _count(place.behind, "version")
        yield f"{versions} behind since {moment(place.behind_since, now)} UTC{words}"
    for each in place.missing_notices:
        taken = "its text was corrected without a note" if each.text_taken else "its text is not corrected either"
        yield f"never ran (v{each.version}, {moment(each.since, now)} UTC; {taken}): {one_line(each.text)}"
    if place.cut:
        yield "shorter than the version it copies"


def _details(app: App, found: Propagation, *, own: bool, history: bool) -> Iterator[str]:
    for place in found.places:
        lines = []
        if history:
            lines += [f"v{run.version} at {moment(run.seen, app.now)} UTC ran v{run.runs}" for run in place.history]
        if own:
            lines += [_edit(each) for each in place.own_edits]
        if lines:
            yield ""
            yield f"{place.article[:8]}  {one_line(place.source)}"
        for line in lines:
            yield from wrap(line, app.out.columns, first=" " * 10, rest=" " * 12)


def _edit(each: OwnEdit) -> str:
    name = _EDIT_NAMES[each.kind]
    if each.kind == "edited":
        return f"{name}: {one_line(each.wire)} → {one_line(each.own)}"
    return f"{name}: {one_line(each.own or each.wire)}"
