"""How the origin's edits travel: which copy runs which version, who is behind, and which notices were never taken."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from .editions import nearest, sentences
from .notices import Owed, owed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from tracker.model import Article, NoticeKind, Version

    from .editions import Pairing

Role = Literal["origin", "copy", "own"]


@dataclass(frozen=True, slots=True)
class Timeline:
    """An article of a story with all its versions, oldest first; there is at least one.

    *last_seen* is when the newest version was last found standing; *standing* is False where the page is gone.
    """

    article: str
    url: str
    versions: tuple[Version, ...]
    source: str = ""
    last_seen: datetime | None = None
    standing: bool = True

    @property
    def newest(self) -> Version:
        """Return the version that stands."""
        return self.versions[-1]

    @property
    def confirmed(self) -> datetime:
        """Return the latest time at which the newest version is known to have stood."""
        return max(self.last_seen or self.newest.seen, self.newest.seen)


@dataclass(frozen=True, slots=True)
class Run:
    """One version of a copy, when it was first seen, and the version of the origin it is nearest to."""

    version: int
    seen: datetime
    runs: int


@dataclass(frozen=True, slots=True)
class OwnEdit:
    """What a copy's outlet changed itself: a sentence added, one of the wire's edited, or one left out."""

    kind: Literal["added", "edited", "removed"]
    wire: str = ""
    own: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where one article of a story stands.

    *origin* is the article it copies; *runs* the origin's version its text is nearest to; *behind* counts the later
    versions of the origin whose text differs, *behind_since* when the first of them was seen, or the copy appeared, if
    that was later. *missing_words* stand in the origin's newest text, before the copy's end, and not in the copy.
    *cut* says that the copy ends before its version of the origin does.
    """

    article: str
    url: str
    role: Role
    source: str = ""
    headline: str = ""
    origin: str | None = None
    runs: int | None = None
    behind: int = 0
    behind_since: datetime | None = None
    missing_words: int = 0
    missing_notices: tuple[Owed, ...] = ()
    own_edits: tuple[OwnEdit, ...] = ()
    cut: bool = False
    history: tuple[Run, ...] = ()
    confirmed: datetime | None = None
    standing: bool = True


@dataclass(frozen=True, slots=True)
class Propagation:
    """A story and where each of its articles stands: origins, copies (furthest behind first), own pieces."""

    story: str
    title: str
    places: tuple[Place, ...]


def propagate(
    story: str,
    title: str,
    timelines: Sequence[Timeline],
    copies: Mapping[str, str],
    kinds: frozenset[NoticeKind] | None = None,
) -> Propagation:
    """Return where every article of a story stands.

    *copies* leads from a copy to its origin (`roles` makes it); where an origin is not among *timelines*, its copies
    are pieces of their own. *kinds* are the notices that a copy owes its readers.
    """
    known = {each.article: each for each in timelines}
    origins = {copies[each.article] for each in timelines if copies.get(each.article) in known}
    places = []
    for each in timelines:
        origin = known.get(copies.get(each.article, ""))
        if origin is not None and origin is not each:
            places.append(_follow(each, origin, kinds))
        else:
            role: Role = "origin" if each.article in origins else "own"
            runs = each.newest.n if role == "origin" else None
            places.append(
                Place(
                    each.article,
                    each.url,
                    role,
                    each.source,
                    headline=each.newest.content.title,
                    runs=runs,
                    confirmed=each.confirmed,
                    standing=each.standing,
                )
            )
    ranks = {"origin": 0, "copy": 1, "own": 2}
    places.sort(key=lambda place: (ranks[place.role], -place.behind, -len(place.missing_notices), place.article))
    return Propagation(story, title, tuple(places))


def _follow(copy: Timeline, origin: Timeline, kinds: frozenset[NoticeKind] | None) -> Place:
    texts = [(version.n, version.content) for version in origin.versions]
    found = [(version, *nearest(version.content, texts)) for version in copy.versions]
    history = tuple(Run(version.n, version.seen, n) for version, n, _ in found)
    newest, runs, pairing = found[-1]
    later = _later(origin, runs)
    return Place(
        article=copy.article,
        url=copy.url,
        role="copy",
        source=copy.source,
        headline=newest.content.title,
        origin=origin.article,
        runs=runs,
        behind=len(later),
        behind_since=_since(history, later),
        missing_words=_missing_words(newest.content, origin.newest.content) if later else 0,
        missing_notices=owed(copy.versions, origin.versions, [run.runs for run in history], kinds),
        own_edits=_own_edits(newest.content, origin, runs, pairing),
        cut=pairing.cut > 0,
        history=history,
        confirmed=copy.confirmed,
        standing=copy.standing,
    )


def _later(origin: Timeline, runs: int) -> list[Version]:
    """Return the versions of the origin after *runs* whose sentences differ from those of the version before."""
    later = []
    before: Article | None = None
    for version in origin.versions:
        if before is not None and version.n > runs and _keys(version.content) != _keys(before):
            later.append(version)
        before = version.content
    return later


def _since(history: Sequence[Run], later: Sequence[Version]) -> datetime | None:
    """Return since when the copy has been behind: it ran the version then, or came back to it."""
    if not later:
        return None
    came = history[-1].seen
    for run in reversed(history):
        if run.runs >= later[0].n:
            break
        came = run.seen
    return max(came, later[0].seen)


def _missing_words(copy: Article, newest: Article) -> int:
    _, pairing = nearest(copy, [(1, newest)])
    theirs = sentences(newest)
    return sum(theirs[at].weight for at in pairing.missing)


def _own_edits(copy: Article, origin: Timeline, runs: int, pairing: Pairing) -> tuple[OwnEdit, ...]:
    """Return what the outlet changed itself.

    A sentence that stands in any version of the origin is the wire's. A sentence that the copy lacks was removed by the
    outlet only where the version before had it too: else the copy has not taken the edit that brought it.
    """
    mine = sentences(copy)
    theirs = sentences(next(version.content for version in origin.versions if version.n == runs))
    wire = frozenset[str]().union(*(_keys(version.content) for version in origin.versions))
    before = [version for version in origin.versions if version.n < runs]
    stood = _keys(before[-1].content) if before else wire
    edited = [OwnEdit("edited", theirs[o].text, mine[c].text) for c, o in pairing.edited if mine[c].key not in wire]
    added = [OwnEdit("added", own=mine[c].text) for c in pairing.added if mine[c].key not in wire]
    removed = [OwnEdit("removed", theirs[o].text) for o in pairing.missing if theirs[o].key in stood]
    return (*edited, *added, *removed)


def _keys(article: Article) -> frozenset[str]:
    return frozenset(sentence.key for sentence in sentences(article))
