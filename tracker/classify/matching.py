"""Match what an outlet says of its edit to the edits it explains."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from ..model import BlockKind, NoticeKind, Op
from .notices import parse, stems

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..model import Article, BlockChange, Change, Field, Hunk, NoticeChange
    from .notices import Parsed

LEAST = 1.5
"""Least weight of shared words for a notice of several words to explain an edit; one word's notice needs 1."""
FIELD_LEAST = 2.5
"""Least weight for an edit of the text, where the notice names a field that changed."""
SHARE = 0.6
"""What explains an edit weighs at least this share of what it weighs where it fits best."""
_SPEAKS = re.compile(r"[“„«\"]|\b(?:said|says|told|statement|comment\w*|declined|according to|sagte|dijo|déclaré)\b")
_BRINGS_WORDS = re.compile(r"\b(?:comments?|quotes?|reactions?|statements?|responses?|remarks|says)\b", re.IGNORECASE)


class Explained(NamedTuple):
    """What a notice explains: blocks (indexes into `Change.blocks`) and fields by name."""

    blocks: tuple[int, ...]
    fields: tuple[str, ...]


@dataclass(frozen=True)
class Edits:
    """The edits of one change, each with the words it brings and takes, read once for all notices.

    *changed* are the blocks that are not the same, with their indexes.
    """

    old: Article
    new: Article
    change: Change
    changed: tuple[tuple[int, BlockChange], ...]

    def explained(self, text: str, kind: NoticeKind, *, without: int | None = None) -> Explained:
        """Return what a notice explains; *without* is the block it stands in itself.

        A paragraph or field it names is explained where it changed; else the edits that bring its words; a notice that
        names nothing, or "throughout", explains every edit.
        """
        notice = parse(kind, text)
        changed = [(i, b) for i, b in self.changed if i != without]
        everything = Explained(tuple(i for i, _ in changed), self.fields)
        if notice.general:
            return everything
        fields = tuple(name for name in self.fields if name in notice.fields)
        named = self._named(notice, changed)
        if named:
            return Explained(named, fields)
        found = self._of_clauses(notice, text, changed, least=FIELD_LEAST if fields else LEAST)
        if not (found.blocks or found.fields or notice.fields or notice.paragraphs or len(notice.words) > 1):
            return everything
        return found._replace(fields=tuple(name for name in self.fields if name in fields or name in found.fields))

    def _of_clauses(
        self, notice: Parsed, text: str, changed: list[tuple[int, BlockChange]], *, least: float
    ) -> Explained:
        """Match each thing an update tells of by itself: "(Adds senator's comments, market close)"; else the whole."""
        clauses = re.split(r"[,;]\s", text) if notice.kind is NoticeKind.UPDATE else [text]
        blocks: dict[int, None] = {}
        fields: dict[str, None] = {}
        for clause in clauses:
            said = notice._replace(words=frozenset(stems(clause)))
            found = self._by_words(said, changed, words=bool(_BRINGS_WORDS.search(clause)), least=least)
            blocks.update(dict.fromkeys(found.blocks))
            fields.update(dict.fromkeys(found.fields))
        return Explained(tuple(sorted(blocks)), tuple(fields))

    @cached_property
    def fields(self) -> tuple[str, ...]:
        """Return the fields that changed, a caption among them."""
        found = [name for name, field in self._texts if field.changed]
        before, after = ([b.text for b in a.blocks if b.kind is BlockKind.CAPTION] for a in (self.old, self.new))
        return (*found, "caption") if before != after else tuple(found)

    @property
    def _texts(self) -> tuple[tuple[str, Field], ...]:
        return (("title", self.change.title), ("dek", self.change.dek), ("byline", self.change.byline))

    def _named(self, notice: Parsed, changed: list[tuple[int, BlockChange]]) -> tuple[int, ...]:
        length = len(self.new.editorial)
        places = {n if n > 0 else length + 1 + n for n in notice.paragraphs}
        stands = tuple(i for i, b in changed if b.new is not None and b.new + 1 in places)
        return stands or tuple(i for i, b in changed if b.new is None and (b.old or 0) + 1 in places)

    @cached_property
    def _brought(self) -> dict[int | str, tuple[set[str], set[str]]]:
        """Return the telling words each edit brings, and those it takes away."""
        out: dict[int | str, tuple[set[str], set[str]]] = {i: _sides(b.hunks) for i, b in self.changed}
        out.update({name: _sides(field.hunks) for name, field in self._texts if field.changed})
        return out

    @cached_property
    def _common(self) -> Counter[str]:
        """Count the edits each word is in: what is in many tells little of one."""
        return Counter(word for brought, taken in self._brought.values() for word in brought | taken)

    def _by_words(
        self, notice: Parsed, changed: list[tuple[int, BlockChange]], *, words: bool, least: float
    ) -> Explained:
        scores: dict[int | str, float] = {i: self._score(notice, i, b, words=words) for i, b in changed}
        for name, field in self._texts:
            if field.changed and name != "byline":
                scores[name] = self._weight(notice, name)
        best = max(scores.values(), default=0.0)
        enough = max(least if len(notice.words) > 1 else 1.0, best * SHARE)
        told = [place for place, score in scores.items() if score >= enough]
        return Explained(tuple(p for p in told if isinstance(p, int)), tuple(p for p in told if isinstance(p, str)))

    def _score(self, notice: Parsed, index: int, block: BlockChange, *, words: bool) -> float:
        """Weigh an edit: its shared words, a quarter of those around it, and half more where words were promised."""
        weight = self._weight(notice, index)
        if not weight:
            return 0.0
        brought, taken = self._brought[index]
        around = stems(block.new_text or block.old_text) - brought - taken
        weight += 0.25 * len(notice.words & around)
        speaks = words and any(op == "+" and _SPEAKS.search(text) for op, text in block.hunks)
        return weight * 1.5 if speaks else weight

    def _weight(self, notice: Parsed, place: int | str) -> float:
        """Count the notice's words in an edit: a figure twice, a word of many edits less, one taken away half."""
        brought, taken = self._brought[place]
        corrects = notice.kind in {NoticeKind.CORRECTION, NoticeKind.CLARIFICATION}
        total = 0.0
        for word in notice.words & (brought | taken):
            value = (2.0 if word[-1].isdigit() else 1.0) / self._common[word] ** 0.5
            total += value if corrects or word in brought else value / 2
        return total


def _sides(hunks: Iterable[Hunk]) -> tuple[set[str], set[str]]:
    listed = list(hunks)
    brought, taken = (stems(" ".join(text for op, text in listed if op == sign)) for sign in "+-")
    return brought, taken


def matched(edits: Edits) -> tuple[NoticeChange, ...]:
    """Return the notices of a change, each new one with what it explains."""
    told = []
    for notice in edits.change.notices:
        if notice.op is Op.INSERT:
            blocks, fields = edits.explained(notice.text, notice.kind)
            told.append(replace(notice, explains=blocks, fields=fields))
        else:
            told.append(notice)
    return tuple(told)
