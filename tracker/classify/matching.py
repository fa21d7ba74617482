"""Match what an outlet says of its edit to the edits it explains."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from ..model import BlockKind, NoticeKind, Op
from .concepts import spoken_of, touched
from .notices import parse, stems

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..model import Article, BlockChange, Change, Fact, Field, Hunk, NoticeChange
    from .notices import Parsed

LEAST = 1.25
"""Least weight of shared words for a notice of several words to explain an edit; one word's notice needs 1."""
FIELD_LEAST = 2.5
"""Least weight for an edit of the text, where the notice names a field that changed."""
SHARE = 0.6
"""What explains an edit weighs at least this share of what it weighs where it fits best."""
FITS = 1.25
"""What it weighs that an edit touches what the notice speaks of: less where many edits do."""
CORRECTS = frozenset({NoticeKind.CORRECTION, NoticeKind.CLARIFICATION})


class Explained(NamedTuple):
    """What a notice explains: blocks (indexes into `Change.blocks`) and fields by name."""

    blocks: tuple[int, ...]
    fields: tuple[str, ...]


@dataclass(frozen=True)
class Edits:
    """The edits of one change, each with the words it brings and takes, read once for all notices.

    *changed* are the blocks that are not the same, with their indexes, *facts* the facts that differ.
    """

    old: Article
    new: Article
    change: Change
    changed: tuple[tuple[int, BlockChange], ...]
    facts: tuple[Fact, ...] = ()

    def explained(self, text: str, kind: NoticeKind, *, without: int | None = None) -> Explained:
        """Return what a notice explains; *without* is the block it stands in itself.

        Each thing an update tells of is matched by itself. A paragraph or field it names is explained where it changed;
        else the edits that bring its words; a notice that names nothing, or "throughout", explains every edit.
        """
        notice = parse(kind, text)
        changed = [(i, b) for i, b in self.changed if i != without]
        everything = Explained(tuple(i for i, _ in changed), self.fields)
        if notice.general:
            return everything
        blocks: dict[int, None] = {}
        fields: dict[str, None] = {}
        for clause in re.split(r"[,;]\s", text) if notice.kind is NoticeKind.UPDATE else [text]:
            found = self._of_clause(parse(notice.kind, clause)._replace(kind=notice.kind), clause, changed)
            blocks.update(dict.fromkeys(found.blocks))
            fields.update(dict.fromkeys(found.fields))
        if not (blocks or fields or notice.fields or notice.paragraphs or len(notice.words) > 1):
            return everything
        return Explained(tuple(sorted(blocks)), tuple(name for name in self.fields if name in fields))

    def _of_clause(self, said: Parsed, text: str, changed: list[tuple[int, BlockChange]]) -> Explained:
        fields = tuple(name for name in self.fields if name in said.fields)
        named = self._named(said, changed)
        if named:
            return Explained(named, fields)
        found = self._by_words(said, spoken_of(text), changed, least=FIELD_LEAST if fields else LEAST)
        return found._replace(fields=(*fields, *found.fields))

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

    @cached_property
    def _touched(self) -> dict[int, tuple[frozenset[str], frozenset[str]]]:
        """Return what each edit touches, within standing sentences and anywhere."""
        out: dict[int, tuple[frozenset[str], frozenset[str]]] = {}
        for fact in self.facts:
            if fact.block is not None:
                standing, all_of = out.get(fact.block, (frozenset(), frozenset()))
                said = touched(fact)
                out[fact.block] = (standing | said if fact.standing else standing, all_of | said)
        return out

    def _by_words(
        self, notice: Parsed, spoken: frozenset[str], changed: list[tuple[int, BlockChange]], *, least: float
    ) -> Explained:
        fits = {i: self._fits(notice, spoken, i) for i, _ in changed}
        often = Counter(name for names in fits.values() for name in names)
        scores: dict[int | str, float] = {
            i: self._score(notice, i, b) + sum(FITS / often[name] ** 0.5 for name in fits[i]) for i, b in changed
        }
        for name, field in self._texts:
            if field.changed and name != "byline":
                scores[name] = self._weight(notice, name)
        best = max(scores.values(), default=0.0)
        enough = max(least if len(notice.words) > 1 else 1.0, best * SHARE)
        told = [place for place, score in scores.items() if score >= enough]
        return Explained(tuple(p for p in told if isinstance(p, int)), tuple(p for p in told if isinstance(p, str)))

    def _fits(self, notice: Parsed, spoken: frozenset[str], index: int) -> frozenset[str]:
        """Return what of that a notice speaks of an edit touches; a correction is of what stood before."""
        standing, all_of = self._touched.get(index, (frozenset(), frozenset()))
        return spoken & (standing if notice.kind in CORRECTS else all_of)

    def _score(self, notice: Parsed, index: int, block: BlockChange) -> float:
        """Weigh an edit: its shared words, and a quarter of those around it."""
        weight = self._weight(notice, index)
        if not weight:
            return 0.0
        brought, taken = self._brought[index]
        around = stems(block.new_text or block.old_text) - brought - taken
        return weight + 0.25 * len(notice.words & around)

    def _weight(self, notice: Parsed, place: int | str) -> float:
        """Count the notice's words in an edit: a figure twice, a word of many edits less, one taken away half."""
        brought, taken = self._brought[place]
        corrects = notice.kind in CORRECTS
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
