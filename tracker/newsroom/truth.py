"""What was really printed, and who should hear of it: the play, seen by somebody who needs no crawler."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from tracker.model import LabelKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tracker.model import Article

    from .play import Edition, Piece, Play

VERSION: Final = "version"
UNPUBLISHED: Final = str(LabelKind.UNPUBLISHED)


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of the play's configuration, in the few words it needs; every condition given must hold."""

    name: str
    labels: frozenset[LabelKind] = frozenset()
    outlet: str = ""
    story: bool = False
    path: str = ""


RULES: Final = (
    Rule("The bridge", story=True),
    Rule("Corrections", labels=frozenset({LabelKind.CORRECTION})),
    Rule("Health figures", labels=frozenset({LabelKind.NUMBER}), path="/health/"),
    Rule("Ledger headlines", labels=frozenset({LabelKind.HEADLINE}), outlet="ledger"),
    Rule("Taken down", labels=frozenset({LabelKind.UNPUBLISHED})),
)


@dataclass(frozen=True, slots=True)
class TrueVersion:
    """An edition as a perfect archive would hold it. *died* is None where it stands to the end; times as in the play.

    *key* is equal for two versions with the same words: headline, dek, byline, text, notices.
    """

    url: str
    n: int
    born: float
    died: float | None
    title: str
    paragraphs: tuple[str, ...]
    key: str
    kinds: tuple[str, ...] = ()

    def life(self, end: float) -> float:
        """Return how many seconds of the play it stood, if the play ended at *end*."""
        return (end if self.died is None else min(self.died, end)) - self.born


@dataclass(frozen=True, slots=True, order=True)
class Due:
    """An alert that must come: *event* is "version" with the version's true number, or "unpublished" with 0."""

    rule: str
    url: str
    n: int
    event: str = VERSION


@dataclass(frozen=True)
class Truth:
    """Every version of every article, in order, by address; and every alert that is due."""

    versions: Mapping[str, tuple[TrueVersion, ...]]
    due: frozenset[Due] = field(default_factory=frozenset)

    def lines(self) -> list[str]:
        """Return the truth as JSON lines, versions first, in order of birth."""
        born = sorted((v for of in self.versions.values() for v in of), key=lambda v: (v.born, v.url))
        out = [
            {"ev": "version", "url": v.url, "n": v.n, "t": v.born, "end": v.died, "title": v.title, "key": v.key,
             "kinds": list(v.kinds)} for v in born
        ]  # fmt: skip
        out += [{"ev": "alert", "rule": d.rule, "url": d.url, "n": d.n, "event": d.event} for d in sorted(self.due)]
        return [json.dumps(each, ensure_ascii=False) for each in out]


def key(
    title: str, dek: str, byline: Iterable[str], paragraphs: Iterable[str], notices: Iterable[tuple[str, str]]
) -> str:
    """Return the identity of a version's words; how they are cut into blocks does not matter, blanks neither."""
    parts = [title, dek, list(byline), " ".join(paragraphs), [list(each) for each in notices]]
    text = json.dumps(parts, ensure_ascii=False)
    return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()


def key_of(article: Article) -> str:
    """Return the identity of what an archive holds."""
    notices = [(str(notice.kind), notice.text) for notice in article.notices]
    text = " ".join(article.text.split())
    return key(article.title, article.dek, article.byline, [text], notices)


def truth(play: Play, bases: Mapping[str, str], rules: Iterable[Rule] = RULES) -> Truth:
    """Return what *play* prints at the addresses *bases*, and the alerts that *rules* make of it."""
    rules = tuple(rules)
    versions: dict[str, tuple[TrueVersion, ...]] = {}
    due: set[Due] = set()
    for piece in play.pieces:
        url = bases[piece.outlet] + piece.path
        versions[url] = tuple(_version(piece, url, index) for index in range(len(piece.editions)))
        for index, edition in enumerate(piece.editions[1:], start=2):
            due |= {Due(r.name, url, index) for r in rules if _matches(r, play, piece, edition.kinds)}
        if piece.gone_at is not None:
            gone = frozenset({LabelKind.UNPUBLISHED})
            due |= {Due(r.name, url, 0, UNPUBLISHED) for r in rules if _matches(r, play, piece, gone)}
    return Truth(versions, frozenset(due))


def _version(piece: Piece, url: str, index: int) -> TrueVersion:
    edition: Edition = piece.editions[index]
    later = [e.at for e in piece.editions[index + 1 :]] + ([piece.gone_at] if piece.gone_at is not None else [])
    return TrueVersion(
        url=url,
        n=index + 1,
        born=edition.at,
        died=later[0] if later else None,
        title=edition.title,
        paragraphs=edition.paragraphs,
        key=key(
            edition.title,
            edition.dek,
            edition.byline,
            edition.paragraphs,
            [(str(kind), text) for kind, text in edition.notes],
        ),
        kinds=tuple(sorted(str(kind) for kind in edition.kinds)),
    )


def _matches(rule: Rule, play: Play, piece: Piece, kinds: frozenset[LabelKind]) -> bool:
    return (
        (not rule.labels or bool(rule.labels & kinds))
        and (not rule.outlet or rule.outlet == piece.outlet)
        and (not rule.story or piece.key in play.story_pieces)
        and rule.path in piece.path
    )
